"""Authorization codes: what SmartCar hands to the user and Hiven exchanges."""

from dataclasses import dataclass
from datetime import datetime, timedelta
import secrets

from .car import Car
from .checks import Refusal, bad
from .clock import Clock

_VALID = timedelta(minutes=10)


@dataclass(frozen=True)
class _Code:
    car: Car
    redirect_uri: str
    until: datetime


class Codes:
    """The codes that wait to be exchanged."""

    def __init__(self, clock: Clock) -> None:
        """Begin without any."""
        self._clock = clock
        self._codes: dict[str, _Code] = {}

    def issue(self, car: Car, redirect_uri: str) -> str:
        """Return a code for a car whose owner has agreed."""
        code = secrets.token_urlsafe(24)
        self._codes[code] = _Code(car, redirect_uri, self._clock.now() + _VALID)
        return code

    def redeem(self, code: str, redirect_uri: str) -> Car:
        """Return the car of a code; once, in time, and for the right address."""
        known = self._codes.get(code)
        if known is None:
            raise bad("authCode", "is unknown or has been used")
        if known.redirect_uri != redirect_uri:
            raise bad("redirectUrl", "is not the one the code was issued for")
        del self._codes[code]
        if known.until < self._clock.now():
            raise Refusal(400, "authCode has expired", "authCode")
        return known.car
