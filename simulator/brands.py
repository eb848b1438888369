"""The brands that Hiven supports."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Brand:
    """A brand: Hiven's id, its name, and the start of its VINs."""

    id: str
    name: str
    vin_prefix: str


BRANDS = {
    brand.id: brand
    for brand in (
        Brand("BMW", "BMW", "WBA"),
        Brand("CITROEN", "Citroën", "VF7"),
        Brand("CUPRA", "Cupra", "VSS"),
        Brand("DACIA", "Dacia", "UU1"),
        Brand("DS", "DS", "VR1"),
        Brand("FORD", "Ford", "WF0"),
        Brand("HYUNDAI", "Hyundai", "KMH"),
        Brand("JAGUAR", "Jaguar", "SAD"),
        Brand("JEEP", "Jeep", "ZAC"),
        Brand("KIA", "Kia", "KNA"),
        Brand("LANDROVER", "Land Rover", "SAL"),
        Brand("MG", "MG", "LSJ"),
        Brand("MINI", "Mini", "WMW"),
        Brand("OPEL", "Opel", "W0V"),
        Brand("PEUGEOT", "Peugeot", "VR3"),
        Brand("SKODA", "Škoda", "TMB"),
        Brand("TESLA", "Tesla", "XP7"),
        Brand("TOYOTA", "Toyota", "JTM"),
        Brand("VAUXHALL", "Vauxhall", "W0L"),
        Brand("VOLKSWAGEN", "Volkswagen", "WVG"),
        Brand("VOLVO", "Volvo", "YV1"),
    )
}


def brand_of(manufacturer: str) -> Brand:
    """Return the brand, or a made-up one if the name is unknown."""
    word = manufacturer.upper().replace(" ", "")
    return BRANDS.get(word) or Brand(manufacturer, manufacturer, "ZZZ")
