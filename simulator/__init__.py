"""A Hiven cloud and SmartCar Connect pages for this machine. See README.md."""

from .car import Car
from .dialects import DIALECTS, Dialect
from .routine import Rounds, Routine
from .simulator import Simulator
from .traffic import Fault, Hold, Request

__all__ = [
    "DIALECTS",
    "Car",
    "Dialect",
    "Fault",
    "Hold",
    "Request",
    "Rounds",
    "Routine",
    "Simulator",
]
