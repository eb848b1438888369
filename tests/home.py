"""A home with a Hiven account: its clock, its states and its actions."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
import logging
from typing import Any
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry, ConfigEntryState
from homeassistant.core import (
    DOMAIN as HOMEASSISTANT,
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest

from custom_components.hiven.const import DOMAIN
from simulator import Car, Fault, Hold, Simulator

from . import USER_ID, Json, turn
from .actions import BEHAVIOR, CLEAR_DAYS, LIST, NEXT_READY_TIME, TARGET

# Every test begins on this Monday.
NOON = datetime(2026, 3, 16, 12, tzinfo=UTC)
HELSINKI = "Europe/Helsinki"

HOUR = 3600
# The seconds until the next poll.
POLL = 300
# The seconds until a request without an answer ends.
GIVES_UP = 30

_CLOCKED = {NEXT_READY_TIME, "binary_sensor.family_car_not_ready_in_time"}

with_full_car = pytest.mark.parametrize("car", ["full"], indirect=True)


@dataclass
class Home:
    """A Home Assistant with an account that has one car and is not started yet."""

    hass: HomeAssistant
    simulator: Simulator
    freezer: FrozenDateTimeFactory
    caplog: pytest.LogCaptureFixture
    entry: ConfigEntry[Any]
    car: Car
    _registered: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        # A timer that is due exactly now would never run at a stopped clock.
        self.hass.loop._clock_resolution = 0.00001  # type: ignore[attr-defined] # noqa: SLF001

    # The account.
    async def start(self) -> None:
        """Set up the account and wait until everything is read."""
        # Hiven plans in the time zone of the home.
        self.simulator.time_zone = ZoneInfo(self.hass.config.time_zone)
        await self.hass.config_entries.async_setup(self.entry.entry_id)
        await self.hass.async_block_till_done(wait_background_tasks=True)

    async def begin_anew(self) -> None:
        """Start and poll once, then clear the log and the recorded requests."""
        await self.start()
        await self.poll()
        check_log(self.caplog.records)
        self.caplog.clear()
        self.simulator.requests.clear()
        self._registered = self._registry()

    async def unload(self) -> None:
        assert await self.hass.config_entries.async_unload(self.entry.entry_id)

    async def reload(self) -> None:
        await self.hass.config_entries.async_reload(self.entry.entry_id)
        await self.hass.async_block_till_done(wait_background_tasks=True)

    def is_loaded(self) -> bool:
        return self.entry.state is ConfigEntryState.LOADED

    def add_car(self, number: int = 2, name: str = "Other", **facts: Any) -> Car:
        """Add a car at Hiven, which is not plugged in by default."""
        car = Car(id=f"car-{number}", name=name, **{"plugged_in": False, **facts})
        return self.simulator.add_car(USER_ID, car)

    def edit(self, **preferences: Any) -> None:
        self.simulator.app_edit(self.car.id, preferences)

    @property
    def held(self) -> Json:
        assert self.car.preferences is not None
        return self.car.preferences

    @property
    def puts(self) -> list[Any]:
        return [each.json for each in self.simulator.requests if each.method == "PUT"]

    # The clock.
    async def poll(self, times: int = 1, *, after: float = POLL) -> None:
        for _ in range(times):
            await self.pass_time(seconds=after)

    async def poll_unanswered(self, fault: Fault, *, after: float = POLL) -> None:
        """Poll without an answer until the request times out."""
        await self.start_poll(fault, after=after)
        await self.settle()
        await self.pass_time(seconds=GIVES_UP)

    async def start_poll(self, what: Fault | Hold, *, after: float = POLL) -> None:
        """Start the next poll and wait until its request reaches a fault or hold."""
        await self.plans_read()
        arrived = _arrivals(what)
        self.freezer.tick(timedelta(seconds=after))
        await until(lambda: _arrivals(what) > arrived)

    async def pass_time(self, **delta: float) -> None:
        """Move the clock and wait for everything that follows."""
        await self.plans_read()
        self.freezer.tick(timedelta(**delta))
        # The first turn makes due timers ready, the second one runs them.
        await turn()
        await turn()
        await self.hass.async_block_till_done(wait_background_tasks=True)

    async def through[T](self, call: Coroutine[Any, Any, T] | asyncio.Task[T]) -> T:
        """Move the clock by seconds until a call ends."""
        task = call if isinstance(call, asyncio.Task) else asyncio.create_task(call)
        while True:
            await self.settle()
            if task.done():
                return await task
            self.freezer.tick(1)

    async def plans_read(self) -> None:
        """Wait until plans are read, because moving the clock would time them out."""
        while any(task.get_name() == "Hiven plans" for task in asyncio.all_tasks()):
            await turn()

    async def settle(self) -> None:
        """Run all tasks that wait neither for the clock nor for Hiven."""
        for _ in range(100):
            await turn()

    # What people see.
    def shown(self, entity_id: str) -> str:
        return self.state(entity_id).state

    def state(self, entity_id: str) -> State:
        state = self.hass.states.get(entity_id)
        assert state is not None, entity_id
        return state

    def states(self) -> dict[str, str]:
        """Return the states of the car, except those that the clock changes."""
        return {
            state.entity_id: state.state
            for state in self.hass.states.async_all()
            if "family_car" in state.entity_id and state.entity_id not in _CLOCKED
        }

    def states_from_now_on(self, entity_id: str) -> list[str]:
        seen: list[str] = []

        @callback
        def note(event: Event[EventStateChangedData]) -> None:
            state = event.data["new_state"]
            if state and state.entity_id == entity_id:
                seen.append(state.state)

        self.hass.bus.async_listen("state_changed", note)
        return seen

    def device(self, vehicle_id: str = "") -> dr.DeviceEntry:
        identifiers = {(DOMAIN, vehicle_id or self.car.id)}
        (device,) = dr.async_get(self.hass).async_get_devices(identifiers=identifiers)
        return device

    @property
    def log(self) -> list[str]:
        return [
            record.getMessage()
            for record in self.caplog.records
            if record.name.startswith(f"custom_components.{DOMAIN}")
            and record.levelno >= logging.INFO
        ]

    @property
    def reauths(self) -> int:
        return len(list(self.entry.async_get_active_flows(self.hass, {SOURCE_REAUTH})))

    @property
    def polls(self) -> int:
        return self.simulator.count("GET", LIST)

    # What people do.
    async def act(self, action: str, **data: Any) -> None:
        domain, name = action.split(".")
        await self.hass.services.async_call(domain, name, data, blocking=True)

    async def ask(self, action: str, **data: Any) -> Any:
        domain, name = action.split(".")
        return await self.hass.services.async_call(
            domain, name, data, blocking=True, return_response=True
        )

    async def set_number(self, entity_id: str, value: float) -> None:
        await self.act("number.set_value", entity_id=entity_id, value=value)

    async def set_time(self, entity_id: str, at: str) -> None:
        await self.act("time.set_value", entity_id=entity_id, time=at)

    async def choose(self, option: str, entity_id: str = BEHAVIOR) -> None:
        await self.act("select.select_option", entity_id=entity_id, option=option)

    async def clear_days(self) -> None:
        await self.act("button.press", entity_id=CLEAR_DAYS)

    async def set_preferences(self, **fields: Any) -> None:
        """Perform the action for the car, or for the devices in `device_id`."""
        if "device_id" not in fields:
            fields["device_id"] = self.device().id
        await self.act("hiven.set_charging_preferences", **fields)

    async def update(self) -> None:
        assert await async_setup_component(self.hass, HOMEASSISTANT, {})
        await self.act("homeassistant.update_entity", entity_id=[TARGET])

    async def hold(
        self, method: str, pattern: str, action: Awaitable[None], *, after: bool = False
    ) -> tuple[asyncio.Task[None], Hold]:
        """Start an action and hold its request at Hiven."""
        hold = self.simulator.hold(method, pattern, after=after)
        task = asyncio.ensure_future(action)
        await hold.arrived()
        assert isinstance(task, asyncio.Task)
        return task, hold

    # What must not happen.
    async def check(self, *, reauths: int = 0) -> None:
        """Check that there is no traceback, no task left, and nothing lost."""
        await self.plans_read()
        self.check_quiet()
        assert self._registry() == self._registered
        assert self.reauths == reauths
        assert self.is_loaded()

    def check_quiet(self) -> None:
        """Check that no traceback was logged and no task is left."""
        check_log(self.caplog.records)
        names = [task.get_name() for task in asyncio.all_tasks() if not task.done()]
        assert not [name for name in names if DOMAIN in name.lower()]

    def _registry(self) -> list[Any]:
        entities = er.async_get(self.hass).entities.values()
        return [*dr.async_get(self.hass).devices, *entities]


def check_log(records: list[logging.LogRecord]) -> None:
    """Check that no traceback was logged.

    The web server of the tests is left out, because it needs a clock that runs, and
    integrations that are set up too late to register their pages.
    """
    others = ("aiohttp.access", "haffmpeg", "homeassistant.setup")
    for record in records:
        if record.levelno >= logging.INFO and not record.name.startswith(others):
            assert record.exc_info is None, record.getMessage()
            assert "Traceback" not in record.getMessage()
            assert "Unexpected" not in record.getMessage()


def _arrivals(what: Fault | Hold) -> int:
    return what.hits if isinstance(what, Fault) else what.count


async def until(condition: Callable[[], object]) -> None:
    for _ in range(100_000):
        if condition():
            return
        await turn()
    pytest.fail("it did not happen")


async def error_of(action: Awaitable[Any]) -> HomeAssistantError:
    """Return the error of an action that fails, and check its text."""
    with pytest.raises(HomeAssistantError) as raised:
        await action
    # An untranslated text is a key, and a missing placeholder keeps its braces.
    assert " " in str(raised.value)
    assert "{" not in str(raised.value)
    return raised.value
