"""An account that closes while it is busy leaves nothing behind.

The test package checks for tasks, timers and threads after every test. These tests
also check right after closing, before anything else cleans up.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from datetime import timedelta
from operator import attrgetter
from typing import Any

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import CoreState
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util.async_ import get_scheduled_timer_handles
import pytest

from custom_components import hiven
from simulator import Car, Hold

from . import actions as at
from .dialog import Dialog, a_car
from .flow_helpers import CONNECT
from .home import Home
from .plans import plan

type Close = Callable[[Home], Coroutine[Any, Any, None]]


async def stop(home: Home) -> None:
    await home.hass.async_stop()


async def remove(home: Home) -> None:
    await home.hass.config_entries.async_remove(home.entry.entry_id)


each_close = pytest.mark.parametrize("close", [stop, Home.unload, Home.reload, remove])


def timers(home: Home) -> Iterator[str]:
    """Yield the names of the integration's functions that timers will call."""
    for handle in get_scheduled_timer_handles(home.hass.loop):
        if handle.cancelled():
            continue
        callback, args = attrgetter("_callback", "_args")(handle)
        for target in (callback, *(args or ())):
            # Home Assistant wraps the function in a job, and the job in a tracker.
            target = getattr(getattr(target, "__self__", target), "_run_job", target)
            target = getattr(target, "job", target)
            target = getattr(target, "target", target)
            # An alarm calls another function.
            target = getattr(getattr(target, "__self__", None), "_action", target)
            owner = type(target.__self__) if hasattr(target, "__self__") else target
            if getattr(owner, "__module__", "").startswith(hiven.__name__):
                yield target.__qualname__


async def check_closed(home: Home) -> None:
    """Check that nothing of the account is left, except what has to stay."""
    if home.is_loaded():
        # A reloaded account reads its plans.
        await home.plans_read()
    home.check_quiet()
    left = set(timers(home))
    if home.hass.state is CoreState.stopped:
        assert async_get_clientsession(home.hass).closed
        # Home Assistant does not cancel the timers of entities when it stops.
        assert left <= {"HivenValueEntity._change"}
    elif not home.is_loaded():
        assert left == set()
        if home.hass.config_entries.async_get_entry(home.entry.entry_id) is None:
            assert not ir.async_get(home.hass).issues
        home.simulator.requests.clear()
        await home.pass_time(hours=2)
        assert home.simulator.requests == []


@pytest.fixture
async def home(home: Home) -> Home:
    """Start an account with a repair issue."""
    home.car.reports_capacity = False
    await home.start()
    return home


async def _begin_poll(home: Home, asked: bool, hold: Hold) -> asyncio.Task[None]:
    poll = asyncio.create_task(home.update() if asked else home.poll())
    await hold.arrived()
    return poll


each_request = pytest.mark.parametrize("asked", [False, True])


@each_close
@pytest.mark.parametrize("pattern", [at.LIST, at.STATUS])
@each_request
async def test_in_a_poll(home: Home, close: Close, pattern: str, asked: bool) -> None:
    """Closing does not wait for the poll, and a late answer is ignored."""
    failing = home.simulator.fail("GET", at.STATUS, status=500)
    await home.poll(4)
    failing.stop()
    home.car.name = "Blue car"
    hold = home.simulator.hold("GET", pattern)
    poll = await _begin_poll(home, asked, hold)
    await close(home)
    await home.settle()
    hold.release()
    await asyncio.wait([poll])
    await check_closed(home)


@each_close
async def test_during_a_plan(home: Home, close: Close) -> None:
    hold = home.simulator.hold("GET", at.SCHEDULE)
    await home.start_poll(hold, after=901)
    await close(home)
    await home.settle()
    hold.release()
    await check_closed(home)


@each_close
@each_request
async def test_before_a_refused_list(home: Home, close: Close, asked: bool) -> None:
    """A key that is refused after closing starts no reauthentication."""
    home.simulator.fail("GET", at.LIST, status=401, times=1)
    hold = home.simulator.hold("GET", at.LIST, after=True)
    poll = await _begin_poll(home, asked, hold)
    await close(home)
    hold.release()
    await asyncio.wait([poll])
    assert not home.hass.config_entries.flow.async_progress()
    await check_closed(home)


async def _hold_a_write(home: Home, moment: str) -> tuple[asyncio.Task[None], Hold]:
    """Set the target and stop while it is read, written or read back."""
    method = "GET" if moment == "read" else "PUT"
    call, hold = await home.hold(method, at.PREFERENCES, home.set_number(at.TARGET, 90))
    if moment == "read back":
        put, hold = hold, home.simulator.hold("GET", at.PREFERENCES)
        put.release()
        await hold.arrived()
    return call, hold


each_moment = pytest.mark.parametrize("moment", ["read", "written", "read back"])


@each_close
@each_moment
async def test_during_a_write(home: Home, close: Close, moment: str) -> None:
    call, hold = await _hold_a_write(home, moment)
    plans = home.simulator.count("GET", at.SCHEDULE)
    closing = asyncio.create_task(close(home))
    await home.settle()
    assert not closing.done()
    hold.release()
    await asyncio.gather(call, closing)
    assert home.held["targetSoC"]["value"] == 90
    if close is not Home.reload:
        # No plan is read for an account that closes.
        assert home.simulator.count("GET", at.SCHEDULE) == plans
    await check_closed(home)


@each_moment
async def test_stopping_waits_20_seconds(home: Home, moment: str) -> None:
    """Then the write is given up, and its caller stops waiting."""
    call, hold = await _hold_a_write(home, moment)
    closing = asyncio.create_task(home.hass.async_stop())
    await home.settle()
    assert not closing.done()
    home.freezer.tick(timedelta(seconds=21))
    await closing
    await asyncio.wait([call])
    # Home Assistant may have cancelled the action first.
    if not call.cancelled():
        # A write that is being read back is already stored.
        assert isinstance(call.exception(), HomeAssistantError | None)
        assert (call.exception() is None) is (moment == "read back")
    hold.release()
    await check_closed(home)


@pytest.mark.parametrize("close", [Home.unload, remove])
@pytest.mark.parametrize("status", [200, 401])
async def test_closing_an_account_waits_10_seconds(
    home: Home, close: Close, status: int
) -> None:
    """A slower write continues, but starts no reauthentication and raises no issue."""
    if status != 200:
        home.simulator.fail("PUT", at.PREFERENCES, status=status)
    call, hold = await _hold_a_write(home, "written")
    closing = asyncio.create_task(close(home))
    await home.settle()
    home.freezer.tick(timedelta(seconds=11))
    await closing
    hold.release()
    await asyncio.wait([call])
    assert (call.exception() is None) is (status == 200)
    assert not home.hass.config_entries.flow.async_progress()
    await check_closed(home)


@each_close
async def test_connect(home: Home, dialog: Dialog, new_car: Car, close: Close) -> None:
    await dialog.open("vehicle")
    await dialog.submit(**a_car())
    hold = home.simulator.hold("POST", CONNECT)
    connecting = asyncio.create_task(dialog.sign_in())
    await hold.arrived()
    await close(home)
    await home.settle()
    hold.release()
    await connecting
    if close is stop:
        assert (dialog.step, dialog.error) == ("connect_failed", "cannot_connect")
    else:
        assert dialog.step == "preferences"
    await check_closed(home)


@each_close
async def test_before_sessions_are_read_again(home: Home, close: Close) -> None:
    active = plan({}) | {"status": "ACTIVE", "endDateTime": None}
    home.simulator.fail("GET", at.SESSIONS, body=[active])
    for status in ("CHARGING", "CHARGING_COMPLETED"):
        home.car.status_override = {"chargingStatus": status}
        await home.poll()
    await close(home)
    await check_closed(home)


async def test_sessions_that_are_read_while_it_stops(home: Home) -> None:
    active = plan({}) | {"status": "ACTIVE", "endDateTime": None}
    home.simulator.fail("GET", at.SESSIONS, body=[active])
    home.car.status_override = {"chargingStatus": "CHARGING"}
    await home.poll()
    home.car.status_override = {"chargingStatus": "CHARGING_COMPLETED"}
    read = home.simulator.hold("GET", at.SESSIONS)
    poll = await _begin_poll(home, False, read)
    call, write = await _hold_a_write(home, "written")
    closing = asyncio.create_task(stop(home))
    await home.settle()
    read.release()
    await home.settle()
    write.release()
    await asyncio.gather(call, closing)
    await asyncio.wait([poll])
    await check_closed(home)


@each_close
async def test_while_timers_run(home: Home, close: Close) -> None:
    home.simulator.fail("GET", at.STATUS, status=500)
    await home.poll(4)
    assert set(timers(home)) == {
        "DataUpdateCoordinator.__wrap_handle_refresh_interval",
        "HivenAccount._async_check", "HivenCoordinator._async_aged",
        "HivenValueEntity._change", "Plans._async_read_due",
        "PriceReader._async_ask_again",
    }  # fmt: skip
    await close(home)
    await check_closed(home)
    if not home.is_loaded() and home.hass.state is not CoreState.stopped:
        await home.pass_time(days=2)
        state = home.hass.states.get(at.NEXT_READY_TIME)
        assert state is None or state.state == STATE_UNAVAILABLE
