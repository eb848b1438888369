"""Closing down in the middle of things leaves nothing behind and nobody waiting.

The test package looks for tasks, timers and threads after every test; here it is also
looked for right after closing, before anything else cleans up.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util.async_ import get_scheduled_timer_handles
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hiven.const import DOMAIN
from simulator import Car, Simulator
from simulator.traffic import Hold

from .actions import (
    LIST,
    NEXT_READY_TIME,
    PREFERENCES,
    STATUS,
    TARGET,
    pass_time,
    poll_now,
    set_number,
    shown,
)
from .dialog import Dialog
from .flow_helpers import CONNECT, a_car
from .test_coordinator import polls
from .test_faults import check_quiet, settle

pytest_plugins = "tests.flow_fixtures"

type Start = Callable[[], Awaitable[MockConfigEntry]]
type Close = Callable[[HomeAssistant, MockConfigEntry], Coroutine[Any, Any, None]]


async def stop(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await hass.async_stop()


async def unload(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    assert await hass.config_entries.async_unload(entry.entry_id)


async def reload(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    assert await hass.config_entries.async_reload(entry.entry_id)


async def remove(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await hass.config_entries.async_remove(entry.entry_id)


each_close = pytest.mark.parametrize("close", [stop, unload, reload, remove])


def timers(hass: HomeAssistant) -> list[str]:
    """Return the timers of the integration that still run."""
    running = (
        f"{handle._callback} {handle._args}"  # type: ignore[attr-defined]  # noqa: SLF001
        for handle in get_scheduled_timer_handles(hass.loop)
        if not handle.cancelled()
    )
    return [timer for timer in running if DOMAIN in timer.lower()]


def check_closed(
    hass: HomeAssistant, entry: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    """See that nothing of an account is left but what is to be there."""
    check_quiet(caplog)
    if hass.state is CoreState.stopped:
        assert async_get_clientsession(hass).closed
        # Home Assistant leaves the timers of entities to the end of its process.
        assert all("HivenSensor" in timer for timer in timers(hass))
    elif entry.state is ConfigEntryState.NOT_LOADED:
        assert timers(hass) == []
        if hass.config_entries.async_get_entry(entry.entry_id) is None:
            assert not ir.async_get(hass).issues


@pytest.fixture
def car(car: Car) -> Car:
    """Have something to tell under Repairs and something to wait for."""
    car.reports_capacity = False
    return car


@each_close
@pytest.mark.parametrize("pattern", [LIST, STATUS])
@pytest.mark.parametrize("requested", [False, True], ids=["by clock", "requested"])
async def test_during_a_poll(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    close: Close,
    pattern: str,
    requested: bool,
) -> None:
    """Nothing is waited for, and what comes too late is not taken in."""
    entry = await start()
    failing = simulator.fail("GET", STATUS, status=500)
    await polls(hass, freezer, 4)
    failing.stop()
    assert timers(hass)
    hold = simulator.hold("GET", pattern)
    car.name = "Blue car"
    polling = asyncio.create_task(
        poll_now(hass) if requested else polls(hass, freezer, 1)
    )
    await hold.arrived()
    await close(hass, entry)
    await settle()
    hold.release()
    await asyncio.wait([polling])
    check_closed(hass, entry, caplog)


@each_close
@pytest.mark.parametrize("requested", [False, True], ids=["by clock", "requested"])
async def test_before_a_refused_list(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    close: Close,
    requested: bool,
) -> None:
    """Nobody is asked for the key of an account that has gone meanwhile."""
    entry = await start()
    simulator.fail("GET", LIST, status=401, times=1)
    hold = simulator.hold("GET", LIST, after=True)
    polling = asyncio.create_task(
        poll_now(hass) if requested else polls(hass, freezer, 1)
    )
    await hold.arrived()
    await close(hass, entry)
    hold.release()
    await asyncio.wait([polling])
    assert not hass.config_entries.flow.async_progress()
    check_closed(hass, entry, caplog)


async def _hold_a_write(
    hass: HomeAssistant, simulator: Simulator, moment: str
) -> tuple[asyncio.Task[None], Hold]:
    """Set the target and stop where it is read, written or read back."""
    hold = simulator.hold("GET" if moment == "read" else "PUT", PREFERENCES)
    call = asyncio.create_task(set_number(hass, TARGET, 90))
    await hold.arrived()
    if moment == "read back":
        put, hold = hold, simulator.hold("GET", PREFERENCES)
        put.release()
        await hold.arrived()
    return call, hold


each_moment = pytest.mark.parametrize("moment", ["read", "written", "read back"])


@each_close
@each_moment
async def test_during_a_write(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    caplog: pytest.LogCaptureFixture,
    close: Close,
    moment: str,
) -> None:
    """It is finished and its caller answered; only then the account closes."""
    entry = await start()
    call, hold = await _hold_a_write(hass, simulator, moment)
    closing = asyncio.create_task(close(hass, entry))
    await settle()
    assert not closing.done()
    hold.release()
    await asyncio.gather(call, closing)
    assert car.preferences is not None
    assert car.preferences["targetSoC"]["value"] == 90
    check_closed(hass, entry, caplog)


@each_moment
async def test_stopping_waits_20_seconds(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    moment: str,
) -> None:
    """Not longer: then the write is given up, and its caller does not wait either."""
    entry = await start()
    call, hold = await _hold_a_write(hass, simulator, moment)
    closing = asyncio.create_task(hass.async_stop())
    await settle()
    assert not closing.done()
    freezer.tick(timedelta(seconds=21))
    await closing
    await asyncio.wait([call])
    # Home Assistant may have ended the action before it heard.
    assert call.cancelled() or isinstance(call.exception(), HomeAssistantError)
    hold.release()
    check_closed(hass, entry, caplog)


@pytest.mark.parametrize("close", [unload, remove])
@pytest.mark.parametrize("status", [200, 401])
async def test_closing_an_account_waits_10_seconds(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    close: Close,
    status: int,
) -> None:
    """A write that takes longer goes on, but nobody asks for a key or capacity now."""
    entry = await start()
    if status != 200:
        simulator.fail("PUT", PREFERENCES, status=status)
    call, hold = await _hold_a_write(hass, simulator, "written")
    closing = asyncio.create_task(close(hass, entry))
    await settle()
    freezer.tick(timedelta(seconds=11))
    await closing
    hold.release()
    await asyncio.wait([call])
    assert (call.exception() is None) is (status == 200)
    assert not hass.config_entries.flow.async_progress()
    check_closed(hass, entry, caplog)


@each_close
async def test_during_connect(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    dialog: Dialog,
    new_car: Car,
    caplog: pytest.LogCaptureFixture,
    close: Close,
) -> None:
    """The dialog says what came of it: it does without the account, not without a net."""
    entry = await start()
    await dialog.open()
    await dialog.choose("vehicle")
    await dialog.submit(**a_car())
    hold = simulator.hold("POST", CONNECT)
    connecting = asyncio.create_task(dialog.sign_in())
    await hold.arrived()
    await close(hass, entry)
    await settle()
    hold.release()
    await connecting
    if close is stop:
        assert (dialog.step, dialog.error) == ("connect_failed", "cannot_connect")
    else:
        assert dialog.step == "preferences"
    check_closed(hass, entry, caplog)


@each_close
async def test_while_clocks_run(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    start: Start,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    close: Close,
) -> None:
    """The next poll, the age of telemetry and the next ready time: none strikes later."""
    entry = await start()
    simulator.fail("GET", STATUS, status=500)
    await polls(hass, freezer, 4)
    clocks = "".join(timers(hass))
    for clock in ("refresh_interval", "_async_check_age", "HivenSensor._change"):
        assert clock in clocks
    ready = shown(hass, NEXT_READY_TIME)
    await close(hass, entry)
    check_closed(hass, entry, caplog)
    if close in (unload, remove):
        simulator.requests.clear()
        await pass_time(hass, freezer, days=2)
        assert simulator.requests == []
        state = hass.states.get(NEXT_READY_TIME)
        assert state is None or state.state != ready
