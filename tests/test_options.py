"""The polling interval."""

from homeassistant.data_entry_flow import InvalidData
import pytest

from .dialog import Dialog
from .home import Home


async def test_the_interval(home: Home, dialog: Dialog) -> None:

    async def polls_within(minutes: int) -> int:
        before = home.polls
        await home.pass_time(minutes=minutes)
        return home.polls - before

    await home.start()
    other = {"another": "option"}
    home.hass.config_entries.async_update_entry(home.entry, options=other)
    await home.reload()
    assert await polls_within(4) == 0
    assert await polls_within(2) == 1

    await dialog.open_options(home.entry, "settings")
    assert dialog.filled_in == {"scan_interval": 5}
    assert dialog.fields["scan_interval"]["selector"]["number"]["step"] == 1
    for minutes in (4, 61):
        with pytest.raises(InvalidData):
            await dialog.submit(scan_interval=minutes)
    assert home.entry.options == other
    await dialog.submit(scan_interval=20.0)
    assert home.entry.options == {**other, "scan_interval": 20}
    assert home.is_loaded()
    assert await polls_within(18) == 0
    assert await polls_within(3) == 1
    await dialog.open_options(home.entry, "settings")
    assert dialog.filled_in == {"scan_interval": 20}
    await dialog.submit(scan_interval=5)
    assert home.entry.options == {**other, "scan_interval": 5}
