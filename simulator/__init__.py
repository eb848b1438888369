"""A Hiven cloud and a SmartCar Connect page for one's own machine."""

from .car import Car
from .routine import Routine
from .simulator import Simulator
from .traffic import Fault, Hold, Request

__all__ = ["Car", "Fault", "Hold", "Request", "Routine", "Simulator"]
