"""What is still used by tests that do not use `home` yet."""

from collections.abc import Awaitable, Callable
from typing import Any

from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import Car

from . import home

HELSINKI = home.HELSINKI

type Start = Callable[[], Awaitable[MockConfigEntry]]


def edit(car: Car, **changes: Any) -> None:
    """Change some preferences in Hiven's own app; None removes one."""
    merged = {**(car.preferences or {}), **changes}
    car.preferences = {key: each for key, each in merged.items() if each is not None}
