"""How often Home Assistant asks Hiven."""

from datetime import timedelta

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from simulator import Simulator

from .dialog import Dialog
from .flow_helpers import LIST, Start, is_running

pytest_plugins = "tests.flow_fixtures"


async def polls_within(hass: HomeAssistant, simulator: Simulator, minutes: int) -> int:
    """Let time pass; return how often Hiven was asked."""
    before = simulator.count("GET", LIST)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=minutes))
    await hass.async_block_till_done(wait_background_tasks=True)
    return simulator.count("GET", LIST) - before


async def open_settings(dialog: Dialog, entry: MockConfigEntry) -> None:
    """Open the options and choose the settings."""
    await dialog.open_options(entry)
    await dialog.choose("settings")


async def test_the_interval_is_changed(
    hass: HomeAssistant, simulator: Simulator, start: Start, dialog: Dialog
) -> None:
    """From then on, at once; other options stay."""
    entry = await start()
    assert await polls_within(hass, simulator, 4) == 0
    assert await polls_within(hass, simulator, 6) == 1
    hass.config_entries.async_update_entry(entry, options={"another": "option"})

    await open_settings(dialog, entry)
    assert dialog.step == "settings"
    assert dialog.filled_in == {"scan_interval": 5}
    await dialog.submit(scan_interval=20.0)
    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options == {"another": "option", "scan_interval": 20}
    assert is_running(entry)
    assert await polls_within(hass, simulator, 18) == 0
    assert await polls_within(hass, simulator, 21) == 1

    await open_settings(dialog, entry)
    assert dialog.filled_in == {"scan_interval": 20}


@pytest.mark.parametrize("minutes", [4, 61])
async def test_the_interval_has_limits(
    start: Start, dialog: Dialog, minutes: int
) -> None:
    """Hiven is not to be flooded, and values are not to grow old."""
    entry = await start()
    await open_settings(dialog, entry)
    with pytest.raises(InvalidData):
        await dialog.submit(scan_interval=minutes)
    assert not entry.options
