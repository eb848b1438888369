"""Authorization codes, which SmartCar issues and Hiven exchanges."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
import secrets

from .car import Car
from .checks import bad
from .clock import Clock

_VALID = timedelta(minutes=10)


@dataclass(frozen=True)
class _Code:
    car: Car
    redirect_uri: str
    until: datetime


class Codes:
    """The codes that have not been exchanged yet."""

    def __init__(self, clock: Clock) -> None:
        """Start empty."""
        self._clock = clock
        self._codes: dict[str, _Code] = {}

    def issue(self, car: Car, redirect_uri: str) -> str:
        """Return a code for a car whose owner gave permission."""
        code = secrets.token_urlsafe(24)
        self._codes[code] = _Code(car, redirect_uri, self._clock.now() + _VALID)
        return code

    def redeem(self, body: Mapping[str, str], names: tuple[str, str]) -> Car:
        """Return the car of a code, once, in time, and for the right address.

        `names` are the names of the fields for code and address.
        """
        code, address = names
        known = self._codes.get(body[code])
        if known is None:
            raise bad(code, "is unknown or has been used")
        if known.redirect_uri != body[address]:
            raise bad(address, "is not the one the code was issued for")
        del self._codes[body[code]]
        if known.until < self._clock.now():
            raise bad(code, "has expired")
        return known.car
