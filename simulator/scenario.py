"""The account, cars and prices that `python -m simulator` starts with."""

from datetime import timedelta
from typing import Any

from .car import Car
from .prices import since
from .routine import Rounds
from .simulator import Simulator

USER_ID = "3d6f1c9e-5b7a-4e21-9c84-0a6d2f7b1e35"
API_KEY = "demo-key"
PARTNER = "Demo Energy"

# While prices rise, a car that must be ready soon charges now. A car with more time
# waits for the cheap period, which starts in three to four hours.
_SOON = timedelta(hours=3)
_LATER = timedelta(hours=12)
_OFTEN = timedelta(minutes=2)


def set_up(simulator: Simulator, user_id: str, *, connect: bool, still: bool) -> None:
    """Offer two cars for sign-in; with `connect`, connect them to the account.

    With `still`, nothing changes by itself, at any time of day. The cars are paused,
    and both are plugged in: one charges at once, the other waits.
    """
    now = simulator.now()
    aurora = Car(
        id="2b0c7c52-6a51-4c0e-9d0f-0d3f1e4b7a01",
        name="Aurora",
        manufacturer="TESLA",
        model="Model Y",
        year=2023,
        soc=46.0,
        battery_capacity=75.0,
        km_per_percent=4.8,
    )
    fjord = Car(
        id="7f4de1b8-33c6-4f0b-8a52-5b9a6c2d8e02",
        name="Fjord",
        manufacturer="VOLKSWAGEN",
        model="ID.4",
        year=2022,
        soc=71.0,
        battery_capacity=77.0,
        km_per_percent=4.5,
        reports_capacity=False,
    )
    simulator.prices = since(now)
    if still:
        simulator.pause()
    else:
        simulator.telemetry_interval = _OFTEN
        minutes = timedelta(minutes=1)
        aurora.routine = Rounds(
            now + 15 * minutes, every=32 * minutes, away=180 * minutes, km=150
        )
        fjord.routine = Rounds(
            now + 30 * minutes, every=60 * minutes, away=120 * minutes, km=60
        )
    for car in (aurora, fjord):
        simulator.add_garage_car(car)
    if connect:
        aurora.preferences = _preferences(simulator, 80, _SOON, smart=not still)
        fjord.preferences = {
            **_preferences(simulator, 85, _LATER),
            "batteryCapacity": 77,
        }
        for car in (aurora, fjord):
            simulator.add_car(user_id, car)


def _preferences(
    simulator: Simulator, target: int, ready_in: timedelta, *, smart: bool = True
) -> dict[str, Any]:
    ready = (simulator.now() + ready_in).astimezone(simulator.time_zone)
    ready -= timedelta(minutes=ready.minute % 15)
    return {
        "chargingBehavior": "SMART_CHARGE_ANYWHERE" if smart else "SMART_CHARGE_OFF",
        "targetSoC": {"value": target, "unit": "PERCENT"},
        "minimalSoC": {"value": 30, "unit": "PERCENT"},
        "readyTime": f"{ready:%H:%M}",
    }
