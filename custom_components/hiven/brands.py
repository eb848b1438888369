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

# Model S and Model X before this year obey without a virtual key.
_VIRTUAL_KEY_SINCE = 2021


def brand_name(make: str | None) -> str | None:
    """Return a make as people spell it; as Hiven does, if it is not in the list."""
    return BRANDS.get(make.strip().upper(), make) if make else None


def needs_virtual_key(attributes: Attributes | None, chosen_brand: str) -> bool:
    """Tell whether a car obeys Hiven only after its owner added a virtual key.

    The connected car's make counts, else the brand that was chosen; a Tesla of
    unknown model or year may need one.
    """
    make = (attributes and attributes.manufacturer) or chosen_brand
    if make.strip().casefold() != "tesla":
        return False
    if attributes is None or attributes.model is None or attributes.year is None:
        return True
    letter = attributes.model.casefold().removeprefix("model").split()[:1]
    return letter not in (["s"], ["x"]) or attributes.year >= _VIRTUAL_KEY_SINCE
