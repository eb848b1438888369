"""The brands Hiven can connect, and what one of them needs."""

from .api import Attributes

# Hiven's names for them, as its documentation lists them.
BRANDS = {
    "BMW": "BMW",
    "CITROEN": "Citroën",
    "CUPRA": "Cupra",
    "DACIA": "Dacia",
    "DS": "DS",
    "FORD": "Ford",
    "HYUNDAI": "Hyundai",
    "JAGUAR": "Jaguar",
    "JEEP": "Jeep",
    "KIA": "Kia",
    "LANDROVER": "Land Rover",
    "MG": "MG",
    "MINI": "Mini",
    "OPEL": "Opel",
    "PEUGEOT": "Peugeot",
    "SKODA": "Škoda",
    "TESLA": "Tesla",
    "TOYOTA": "Toyota",
    "VAUXHALL": "Vauxhall",
    "VOLKSWAGEN": "Volkswagen",
    "VOLVO": "Volvo",
}

# The first model year that needs a virtual key.
_VIRTUAL_KEY_FROM = {"3": 0, "y": 0, "s": 2021, "x": 2021}


def needs_virtual_key(attributes: Attributes | None, chosen_brand: str) -> bool:
    """Tell whether a car obeys Hiven only after its owner added a virtual key.

    The connected car's make counts, else the brand that was chosen; a Tesla of
    unknown model or year may need one.
    """
    make = (attributes and attributes.manufacturer) or chosen_brand
    if make.strip().casefold() != "tesla":
        return False
    if attributes is None or attributes.model is None:
        return True
    model = attributes.model.casefold().removeprefix("model").strip()
    first_year = _VIRTUAL_KEY_FROM.get(model)
    if first_year is None:
        return False
    return attributes.year is None or attributes.year >= first_year
