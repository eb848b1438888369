"""The conditions: what counts as plugged in and as completed."""

from homeassistant.const import STATE_ON, STATE_UNAVAILABLE
import pytest

from custom_components.hiven.condition import CONDITIONS
from simulator import Car

from .actions import STATUS
from .automations import PLUGGED_IN, SILENT, ask_condition, hear, outlet, say, start
from .home import Home

IS_PLUGGED_IN = "hiven.is_plugged_in"

# The status of a car, and whether it is plugged in and has completed charging.
MEANINGS: tuple[tuple[str | None, bool, bool], ...] = (
    ("CHARGING", True, False), ("PLUGGED", True, False), ("COMPLETE", True, True),
    ("CHARGING_COMPLETED", True, True), ("DISCONNECTED", False, False),
    (SILENT, False, False), ("PREHEATING", False, False), (None, False, False),
)  # fmt: skip


@pytest.mark.parametrize("behavior", ["any", "all"])
@pytest.mark.parametrize("name", CONDITIONS)
async def test_meanings(home: Home, other: Car, name: str, behavior: str) -> None:
    say(other, "COMPLETE")
    await home.start()
    holds = await ask_condition(home, f"hiven.{name}", behavior=behavior)
    for status, is_plugged_in, is_completed in MEANINGS:
        await hear(home, home.car, status)
        expected = is_plugged_in if name == "is_plugged_in" else is_completed
        assert await holds() is expected, status
    # The car is unavailable.
    await hear(home, home.car, "COMPLETE")
    assert await holds()
    failing = home.simulator.fail("GET", STATUS, status=500)
    await home.poll(8)
    assert home.shown(PLUGGED_IN) == STATE_UNAVAILABLE
    assert not await holds()
    failing.stop()
    await home.poll()
    assert await holds()
    await home.unload()
    assert not await holds()
    await home.start()
    assert await holds()


@pytest.mark.parametrize("options", [{"behavior": "all"}, {}])
async def test_any_and_all(home: Home, other: Car, options: dict[str, str]) -> None:
    await start(home, "DISCONNECTED", "PLUGGED")
    target = {"device_id": [home.device().id, home.device("car-2").id]}
    holds = await ask_condition(home, IS_PLUGGED_IN, target, **options)
    for status in ("DISCONNECTED", SILENT, "CHARGING"):
        await hear(home, home.car, status)
        assert await holds() is (status == "CHARGING" or not options)


async def test_for_a_while(home: Home) -> None:
    await start(home, "PLUGGED")
    target = {"entity_id": PLUGGED_IN}
    holds = await ask_condition(home, IS_PLUGGED_IN, target, **{"for": "00:08:00"})
    await hear(home, home.car, "DISCONNECTED", "PLUGGED", "CHARGING")
    assert not await holds()
    await hear(home, home.car, "PLUGGED")
    assert await holds()


async def test_a_smart_plug_is_no_car(home: Home) -> None:
    await start(home, "DISCONNECTED")
    plug = outlet(home)
    home.hass.states.async_set(plug, STATE_ON)
    target = {"area_id": home.device().area_id, "entity_id": plug}
    holds = await ask_condition(home, IS_PLUGGED_IN, target)
    assert not await holds()
