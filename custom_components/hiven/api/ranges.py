"""The possible values of a car and its location; others are not understood."""


def is_percentage(value: float) -> bool:
    """Return whether this is a possible state of charge in percent."""
    return 0 <= value <= 100


def is_distance(value: float) -> bool:
    """Return whether this is a possible range in km."""
    return 0 <= value <= 3000


def is_capacity(value: float) -> bool:
    """Return whether this is a possible battery capacity in kWh."""
    return 0 < value <= 1000


def is_year(value: float) -> bool:
    """Return whether this is a possible model year."""
    return 1900 <= value <= 2100


def is_latitude(value: float) -> bool:
    """Return whether this is a latitude in degrees."""
    return -90 <= value <= 90


def is_longitude(value: float) -> bool:
    """Return whether this is a longitude in degrees."""
    return -180 <= value <= 180
