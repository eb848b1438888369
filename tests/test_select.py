"""When the car may charge."""

from homeassistant.const import STATE_UNKNOWN
from homeassistant.exceptions import ServiceValidationError
import pytest

from .actions import BEHAVIOR
from .home import Home


async def test_the_behavior_hiven_holds_is_shown(home: Home) -> None:
    """In any case; a value that is not documented is unknown."""
    await home.start()
    for behavior, option in (
        ("SMART_CHARGE_AT_LOCATION", "smart_charge_at_location"),
        ("SMART_CHARGE_OFF", "smart_charge_off"),
        ("SMART_CHARGE_SOLAR", STATE_UNKNOWN),
        ("Smart_Charge_At_Location", "smart_charge_at_location"),
        ("SMART_CHARGE_ANYWHERE", "smart_charge_anywhere"),
    ):
        home.edit(chargingBehavior=behavior)
        await home.poll()
        assert home.shown(BEHAVIOR) == option


async def test_a_choice_is_stored(home: Home) -> None:
    """As Hiven writes it; Hiven is not asked for a choice that there is not."""
    await home.start()
    for option in ("smart_charge_off", "smart_charge_anywhere"):
        await home.choose(option)
        assert home.shown(BEHAVIOR) == option
        assert home.held["chargingBehavior"] == option.upper()
    with pytest.raises(ServiceValidationError):
        await home.choose("smart_charge_solar")
    assert len(home.puts) == 2
