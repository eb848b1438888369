"""The brands of cars that Hiven connects, and how people spell them."""

from functools import cache
from unicodedata import normalize

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


@cache
def brand_id(text: str) -> str:
    """Return Hiven's name for a brand as people spell it; in capitals if unknown."""
    return _BRAND_IDS.get(plain(text)) or text.strip().upper()


def brand_name(make: str | None) -> str | None:
    """Return a make as people spell it; as Hiven does, if it is not in the list."""
    return BRANDS.get(brand_id(make), make) if make else None


# Every car is compared with hundreds of models. What people type adds few texts.
@cache
def plain(name: str) -> str:
    """Return the letters and digits of a name, without accents and in one case."""
    return "".join(filter(str.isalnum, normalize("NFKD", name))).casefold()


_BRAND_IDS = {plain(brand): brand for brand in BRANDS} | {"vw": "VOLKSWAGEN"}
