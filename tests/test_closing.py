"""Closing down in the middle of things leaves nothing behind and nobody waiting.

The test package looks for tasks, timers and threads after every test; here it is also
looked for right after closing, before anything else cleans up.
"""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util.async_ import get_scheduled_timer_handles
import pytest

from custom_components.hiven.const import DOMAIN
from simulator import Car, Simulator
from simulator.traffic import Hold

from .actions import (
    LIST,
    NEXT_READY_TIME,
    PREFERENCES,
    SCHEDULE,
    STATUS,
    TARGET,
    plans_read,
    poll_now,
    set_number,
)
from .dialog import Dialog
from .flow_helpers import CONNECT, Start, a_car
from .test_faults import Home, check_quiet, settle

pytest_plugins = "tests.flow_fixtures"

type Close = Callable[[HomeAssistant, ConfigEntry], Coroutine[Any, Any, None]]


async def stop(hass: HomeAssistant, entry: ConfigEntry) -> None:
    await hass.async_stop()


async def unload(hass: HomeAssistant, entry: ConfigEntry) -> None:
    assert await hass.config_entries.async_unload(entry.entry_id)


async def reload(hass: HomeAssistant, entry: ConfigEntry) -> None:
    assert await hass.config_entries.async_reload(entry.entry_id)


async def remove(hass: HomeAssistant, entry: ConfigEntry) -> None:
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


async def check_closed(home: Home) -> None:
    """See that nothing of an account is left but what is to be there."""
    if home.entry.state is ConfigEntryState.LOADED:
        # Started anew, it reads its plans.
        await plans_read(home.hass)
    check_quiet(home.caplog)
    if home.hass.state is CoreState.stopped:
        assert async_get_clientsession(home.hass).closed
        # Home Assistant leaves the timers of entities to the end of its process.
        assert all("HivenSensor" in timer for timer in timers(home.hass))
    elif home.entry.state is ConfigEntryState.NOT_LOADED:
        assert timers(home.hass) == []
        if home.hass.config_entries.async_get_entry(home.entry.entry_id) is None:
            assert not ir.async_get(home.hass).issues


@pytest.fixture
async def home(
    start: Start,
    hass: HomeAssistant,
    car: Car,
    simulator: Simulator,
    caplog: pytest.LogCaptureFixture,
    freezer: FrozenDateTimeFactory,
) -> Home:
    """Start an account that has something to tell under Repairs."""
    car.reports_capacity = False
    return Home(hass, simulator, freezer, caplog, await start(), car, car)


def _poll(home: Home, requested: bool) -> asyncio.Task[None]:
    return asyncio.create_task(poll_now(home.hass) if requested else home.poll())


each_request = pytest.mark.parametrize(
    "requested", [False, True], ids=["by clock", "requested"]
)


@each_close
@pytest.mark.parametrize("pattern", [LIST, STATUS])
@each_request
async def test_during_a_poll(
    home: Home, close: Close, pattern: str, requested: bool
) -> None:
    """Nothing is waited for, and what comes too late is not taken in."""
    failing = home.simulator.fail("GET", STATUS, status=500)
    for _ in range(4):
        await home.poll()
    failing.stop()
    hold = home.simulator.hold("GET", pattern)
    home.car.name = "Blue car"
    polling = _poll(home, requested)
    await hold.arrived()
    await close(home.hass, home.entry)
    await settle()
    hold.release()
    await asyncio.wait([polling])
    await check_closed(home)


@each_close
async def test_during_a_plan(home: Home, close: Close) -> None:
    """Nobody waits for it either."""
    hold = home.simulator.hold("GET", SCHEDULE)
    polling = asyncio.create_task(home.poll(after=901))
    await hold.arrived()
    await close(home.hass, home.entry)
    await settle()
    hold.release()
    await asyncio.wait([polling])
    await check_closed(home)


@each_close
@each_request
async def test_before_a_refused_list(home: Home, close: Close, requested: bool) -> None:
    """Nobody is asked for the key of an account that has gone meanwhile."""
    home.simulator.fail("GET", LIST, status=401, times=1)
    hold = home.simulator.hold("GET", LIST, after=True)
    polling = _poll(home, requested)
    await hold.arrived()
    await close(home.hass, home.entry)
    hold.release()
    await asyncio.wait([polling])
    assert not home.hass.config_entries.flow.async_progress()
    await check_closed(home)


async def _hold_a_write(home: Home, moment: str) -> tuple[asyncio.Task[None], Hold]:
    """Set the target and stop where it is read, written or read back."""
    hold = home.simulator.hold("GET" if moment == "read" else "PUT", PREFERENCES)
    call = asyncio.create_task(set_number(home.hass, TARGET, 90))
    await hold.arrived()
    if moment == "read back":
        put, hold = hold, home.simulator.hold("GET", PREFERENCES)
        put.release()
        await hold.arrived()
    return call, hold


each_moment = pytest.mark.parametrize("moment", ["read", "written", "read back"])


@each_close
@each_moment
async def test_during_a_write(home: Home, close: Close, moment: str) -> None:
    """It is finished and its caller answered; only then the account closes."""
    call, hold = await _hold_a_write(home, moment)
    plans = home.simulator.count("GET", SCHEDULE)
    closing = asyncio.create_task(close(home.hass, home.entry))
    await settle()
    assert not closing.done()
    hold.release()
    await asyncio.gather(call, closing)
    assert home.car.preferences is not None
    assert home.car.preferences["targetSoC"]["value"] == 90
    if close is not reload:
        # Nobody will see the plan Hiven makes now.
        assert home.simulator.count("GET", SCHEDULE) == plans
    await check_closed(home)


@each_moment
async def test_stopping_waits_20_seconds(home: Home, moment: str) -> None:
    """Not longer: then the write is given up, and its caller does not wait either."""
    call, hold = await _hold_a_write(home, moment)
    closing = asyncio.create_task(home.hass.async_stop())
    await settle()
    assert not closing.done()
    home.freezer.tick(timedelta(seconds=21))
    await closing
    await asyncio.wait([call])
    # Home Assistant may have ended the action before it heard.
    assert call.cancelled() or isinstance(call.exception(), HomeAssistantError)
    hold.release()
    await check_closed(home)


@pytest.mark.parametrize("close", [unload, remove])
@pytest.mark.parametrize("status", [200, 401])
async def test_closing_an_account_waits_10_seconds(
    home: Home, close: Close, status: int
) -> None:
    """A write that takes longer goes on, but nobody asks for a key or capacity now."""
    if status != 200:
        home.simulator.fail("PUT", PREFERENCES, status=status)
    call, hold = await _hold_a_write(home, "written")
    closing = asyncio.create_task(close(home.hass, home.entry))
    await settle()
    home.freezer.tick(timedelta(seconds=11))
    await closing
    hold.release()
    await asyncio.wait([call])
    assert (call.exception() is None) is (status == 200)
    assert not home.hass.config_entries.flow.async_progress()
    await check_closed(home)


@each_close
async def test_during_connect(
    home: Home, dialog: Dialog, new_car: Car, close: Close
) -> None:
    """The dialog tells what came of it; it needs the network, not the account."""
    await dialog.open()
    await dialog.choose("vehicle")
    await dialog.submit(**a_car())
    hold = home.simulator.hold("POST", CONNECT)
    connecting = asyncio.create_task(dialog.sign_in())
    await hold.arrived()
    await close(home.hass, home.entry)
    await settle()
    hold.release()
    await connecting
    if close is stop:
        assert (dialog.step, dialog.error) == ("connect_failed", "cannot_connect")
    else:
        assert dialog.step == "preferences"
    await check_closed(home)


@each_close
async def test_while_clocks_run(home: Home, close: Close) -> None:
    """The next poll, the age of telemetry and the next ready time: none strikes later."""
    home.simulator.fail("GET", STATUS, status=500)
    for _ in range(4):
        await home.poll()
    clocks = "".join(timers(home.hass))
    for clock in ("refresh_interval", "_async_check_age", "HivenSensor._change"):
        assert clock in clocks
    await close(home.hass, home.entry)
    await check_closed(home)
    if close in (unload, remove):
        home.simulator.requests.clear()
        await home.poll(after=2 * 86400)
        assert home.simulator.requests == []
        assert home.hass.states.get(NEXT_READY_TIME) is None or (
            home.shown(NEXT_READY_TIME) == STATE_UNAVAILABLE
        )
