"""The values that a car and its place can have; others count as not understood."""


def is_percentage(value: float) -> bool:
    """Return whether a state of charge can be this many percent."""
    return 0 <= value <= 100


def is_distance(value: float) -> bool:
    """Return whether a car can drive this many kilometers on one charge."""
    return 0 <= value <= 3000


def is_capacity(value: float) -> bool:
    """Return whether a battery can hold this many kWh."""
    return 0 < value <= 1000


def is_year(value: float) -> bool:
    """Return whether a car can be of this year."""
    return 1900 <= value <= 2100


def is_latitude(value: float) -> bool:
    """Return whether a place can be this many degrees north."""
    return -90 <= value <= 90


def is_longitude(value: float) -> bool:
    """Return whether a place can be this many degrees east."""
    return -180 <= value <= 180
