"""Checks what must be true for an account with any answer of Hiven."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
import json
from typing import Any, Literal

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util import dt as dt_util
from hypothesis import strategies as st
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.hiven.api import ChargingStatus
from custom_components.hiven.const import DOMAIN
from custom_components.hiven.track import MISSING_POLLS
from simulator import Car, Fault, Simulator
from simulator.traffic import Kind
from tools import USER_ID
from tools.calls import LIST, MODELS
from tools.clock import Clock, begin_due
from tools.home import Call, Home
from tools.truth import PLANNED, differences, registered, settings_unavailable
from tools.watch import LogWatch, tasks_of_ours

from .garble import JSONS, WRONGS, Json, Path, Wrong, garbled
from .wire import KINDS, RETRY_AFTER, ask

CAR_IDS = ("car-1", "car-2")
_DEVICE = "/v2/hiven/devices/{}"
PATHS = (
    *(LIST, LIST, MODELS),
    *(f"/v1/hiven/devices/{car}/status" for car in CAR_IDS),
    *(_DEVICE.format(car) for car in CAR_IDS),
    *(
        f"{_DEVICE.format(car)}/smart-charging/{what}"
        for car in CAR_IDS
        for what in ("ev-preferences", "schedule", "sessions")
    ),
)
LENT = f"{_DEVICE.format(CAR_IDS[1])}/smart-charging/ev-preferences"
# This many turns of the loop finish everything that does not wait for the clock.
TURNS = 200
PREFERENCES = {
    "chargingBehavior": "SMART_CHARGE_ANYWHERE",
    "targetSoC": {"value": 80, "unit": "PERCENT"},
    "minimalSoC": {"value": 10, "unit": "PERCENT"},
    "readyTime": "07:00",
    "weekDaySpecificReadyTimes": {"MONDAY": "06:00"},
}


@dataclass(frozen=True)
class Garble:
    """From now on, an answer has errors, or is completely different."""

    path: str
    wrongs: tuple[Wrong, ...]
    instead: Json


@dataclass(frozen=True)
class ListAlso:
    """From now on, the list has another, unknown car."""

    vehicle_id: str
    vin: str | None


@dataclass(frozen=True)
class MixUp:
    """From now on, requests for one car are answered with the other car."""

    path: str


@dataclass(frozen=True)
class Unlist:
    """From now on, a car is missing from the list."""

    vehicle_id: str


@dataclass(frozen=True)
class Refuse:
    """From now on, a call is refused, or the connection fails."""

    method: Literal["GET", "PUT"]
    path: str
    status: int
    retry_after: str | None
    kind: Kind | None
    apply: bool


@dataclass(frozen=True)
class Mend:
    """Hiven works again."""


@dataclass(frozen=True)
class Wait:
    """Time passes, and polls happen."""

    minutes: int


@dataclass(frozen=True)
class Edit:
    """Users change settings at the same time, maybe during a poll."""

    changes: tuple[tuple[str, Any], ...]
    poll: bool


@dataclass(frozen=True)
class Lend:
    """Somebody changes the second car's target for a while; no other step changes it."""

    target: int
    until: str


@dataclass(frozen=True)
class Live:
    """A car changes, and so do its settings in Hiven's own app."""

    soc: float
    plugged_in: bool
    target: int


@dataclass(frozen=True)
class Reload:
    """The account is reloaded."""


type Step = (
    Garble
    | ListAlso
    | MixUp
    | Unlist
    | Refuse
    | Mend
    | Wait
    | Edit
    | Lend
    | Live
    | Reload
)

_TIMES = st.sampled_from(("05:00", "06:30", "00:00"))
_CHANGES = st.one_of(
    st.tuples(st.just("number.target_soc"), st.integers(50, 100)),
    st.tuples(st.just("number.minimum_soc"), st.integers(0, 60)),
    st.tuples(st.just("time.ready_time"), _TIMES),
    st.tuples(st.just("time.ready_time_monday"), _TIMES),
    st.tuples(
        st.just("select.charging_behavior"),
        st.sampled_from(("smart_charge_off", "smart_charge_anywhere")),
    ),
    st.tuples(st.just("button.clear_weekday_ready_times"), st.none()),
    st.tuples(st.just("switch.charge_now"), st.none()),
    st.tuples(
        st.just("action"),
        st.sampled_from(
            (
                {"target_soc": 300, "soc_unit": "km"},
                {"ready_time": "04:30", "days": ["friday", "sunday"]},
                {"clear_days": ["monday"], "battery_capacity": 70},
                {"target_soc": 65, "until": "13:00"},
                {"ready_time": "05:30", "days": ["monday"], "until": "06:30"},
                {"charging_behavior": "smart_charge_off", "until": "00:00"},
            )
        ),
    ),
)
_POLLS = st.builds(Wait, st.sampled_from((5, 5, 5, 11, 31, 65)))
STORIES: st.SearchStrategy[list[Step]] = st.lists(
    st.one_of(
        st.builds(Garble, st.sampled_from(PATHS), WRONGS, st.just(...)),
        st.builds(Garble, st.sampled_from(PATHS), WRONGS, st.just(...) | JSONS),
        st.builds(
            ListAlso,
            st.text(st.characters(codec="utf-8"), min_size=1),
            st.none() | st.text(st.characters(codec="utf-8")),
        ),
        st.builds(MixUp, st.sampled_from(PATHS[3:])),
        st.builds(Unlist, st.sampled_from(CAR_IDS)),
        st.builds(
            Refuse,
            method=st.sampled_from(("GET", "GET", "PUT")),
            path=st.sampled_from(PATHS),
            status=st.sampled_from((400, 401, 403, 408, 409, 422, 429, 500, 503)),
            retry_after=st.none() | st.none() | RETRY_AFTER,
            kind=st.sampled_from((None, None, None, *KINDS)),
            apply=st.booleans(),
        ),
        st.just(Mend()),
        _POLLS,
        _POLLS,
        st.builds(Edit, st.lists(_CHANGES, min_size=1).map(tuple), st.booleans()),
        st.builds(Lend, st.integers(81, 99), st.sampled_from(("00:30", "13:30"))),
        st.builds(Live, st.floats(0, 100), st.booleans(), st.integers(50, 100)),
        st.just(Reload()),
    ),
    min_size=2,
    max_size=10,
)


@dataclass
class Account:
    """A running account with two cars, and what must be true for it."""

    home: Home
    simulator: Simulator
    clock: Clock
    log: LogWatch
    cars: tuple[Car, ...]
    faults: dict[tuple[str, str], Fault] = field(default_factory=dict)
    strangers: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    energy: dict[str, float] = field(default_factory=dict)
    # Whether temporary settings must be restored.
    is_sure: bool = True

    def __post_init__(self) -> None:
        """Remember the entities, which must not disappear."""
        self.entities = registered(self.home.hass)[1]

    async def check(self, story: list[Step]) -> None:
        """Run a series of steps, and check the result."""
        for car in self.cars:
            car.preferences = PREFERENCES
        self.strangers.clear()
        self.is_sure = True
        await self.recover()
        await self.hold_true()
        for step in story:
            await self._finish(self.do(step))
            await self._finish(self.home.done())
            self.hold()
        await self.recover()
        self.strangers.clear()
        self.hold()
        await self.hold_true()
        if any(isinstance(step, Lend) for step in story):
            await self.recover(hours=24)
            self.hold_returned()
        self.simulator.requests.clear()

    async def do(self, step: Step) -> None:
        """Do a step."""
        match step:
            case Garble(path, wrongs, instead):
                self.is_sure &= path != LENT
                if instead is ...:
                    true = await self._true_answer(path)
                    instead = garbled(true, wrongs, _is_id if path == LIST else _no)
                self._answer("GET", path, body=json.dumps(instead).encode())
            case ListAlso(vehicle_id, vin):
                self.strangers.add(vehicle_id)
                true = await self._true_answer(LIST)
                attributes = {**true[0]["attributes"], "vin": vin, "name": vehicle_id}
                stranger = {**true[0], "id": vehicle_id, "attributes": attributes}
                self._answer("GET", LIST, body=[*true, stranger])
            case MixUp(path):
                self.is_sure &= path != LENT
                one, other = CAR_IDS if CAR_IDS[0] in path else CAR_IDS[::-1]
                other_path = path.replace(one, other)
                self._answer("GET", path, body=await self._true_answer(other_path))
            case Unlist(vehicle_id):
                true = await self._true_answer(LIST)
                rows = [row for row in true if row["id"] != vehicle_id]
                self._answer("GET", LIST, body=rows)
            case Refuse(method, path, status, retry_after, kind, apply):
                headers = None if retry_after is None else {"Retry-After": retry_after}
                self._answer(
                    method,
                    path,
                    status=status,
                    headers=headers,
                    kind=kind,
                    apply=apply,
                )
            case Mend():
                self._mend()
            case Wait(minutes):
                self.clock.tick(timedelta(minutes=minutes, seconds=1))
                async_fire_time_changed(self.home.hass)
            case Edit(changes, poll):
                calls = [self._change(*change) for change in changes]
                if poll:
                    calls.append(self.home.ask())
                await asyncio.gather(*map(_done_or_refused, calls))
            case Lend(target, until):
                call = self.home.act([CAR_IDS[1]], target_soc=target, until=until)
                self.is_sure &= await _done_or_refused(call)
            case Live(soc, plugged_in, target):
                self.cars[0].soc = soc
                self.cars[0].plugged_in = plugged_in
                soc_ = {"value": target, "unit": "PERCENT"}
                self.simulator.app_edit(self.cars[0].id, {"targetSoC": soc_})
            case Reload():
                self.read.clear()
                await self.home.hass.config_entries.async_reload(
                    self.home.entry.entry_id
                )

    def hold(self) -> None:
        """Check what must always be true."""
        assert not self.log.problems, "\n".join(self.log.problems)
        vehicles, entities = registered(self.home.hass)
        assert vehicles >= set(CAR_IDS)
        assert vehicles <= {*CAR_IDS, *self.strangers}
        assert entities.items() >= self.entities.items()
        if self.home.entry.state is ConfigEntryState.LOADED:
            data = self.home.entry.runtime_data.coordinator.data
            assert all(state.vehicle.id == id_ for id_, state in data.items())
            self.read |= set(data) & set(CAR_IDS)
            assert not settings_unavailable(self.home, self.read)
            self._hold_energy()
        assert not (left := tasks_of_ours()), left

    def _hold_energy(self) -> None:
        """Check that the energy charged never falls."""
        for car_id in CAR_IDS:
            shown = self.home.state(self.home.entity(car_id, "sensor.energy_charged"))
            if shown not in (STATE_UNAVAILABLE, STATE_UNKNOWN):
                assert self.energy.get(car_id, 0) <= float(shown) < float("inf")
                self.energy[car_id] = float(shown)

    def hold_returned(self) -> None:
        """Check that settings were restored."""
        now = dt_util.utcnow()
        for car_id in CAR_IDS:
            pending = self.home.entry.runtime_data.returns.pending(car_id)
            until = pending.until if pending else None
            assert until is None or until > now, pending
        held = self.cars[1].preferences
        assert held is not None
        assert held["targetSoC"] == PREFERENCES["targetSoC"] or not self.is_sure, held

    async def _finish(self, work: Coroutine[Any, Any, None]) -> None:
        """Wait for something; move the clock while it waits."""
        task = asyncio.create_task(work)
        while not task.done():
            for _ in range(TURNS):
                await asyncio.sleep(0)
            if not task.done():
                self.clock.tick(timedelta(seconds=1))
        task.result()

    async def recover(self, hours: int = 1) -> None:
        """Let Hiven work again, and wait until cars that it does not have are gone."""
        self._mend()
        # An hour is the longest that Hiven may ask to wait.
        await self._pass(timedelta(hours=hours, seconds=1))
        if self.home.entry.state is not ConfigEntryState.LOADED:
            # The account waits for its next try, or for a key.
            await self.home.hass.config_entries.async_reload(self.home.entry.entry_id)
        for _ in range(MISSING_POLLS):
            # A plan may stay the same for a minute after a change.
            await self._pass(timedelta(seconds=61))
            await self.home.entry.runtime_data.async_refresh()
        for car_id in CAR_IDS:
            await self.home.entry.runtime_data.plans.async_read(car_id)
        flows = self.home.hass.config_entries.flow
        for flow in flows.async_progress_by_handler(DOMAIN):
            flows.async_abort(flow["flow_id"])

    async def _pass(self, time: timedelta) -> None:
        """Let time pass, and finish everything that starts."""
        self.clock.tick(time)
        await begin_due()
        await self._finish(self.home.done())

    async def hold_true(self) -> None:
        """Check that every entity shows Hiven's value, and that no other car exists."""
        assert self.home.entry.state is ConfigEntryState.LOADED
        # For a running plan, Home Assistant also knows when the car began to charge.
        charges = any(
            car.charging_status == ChargingStatus.CHARGING for car in self.cars
        )
        without = PLANNED if charges else ()
        wrong = await differences(self.home, self.simulator, without)
        assert not wrong, "\n".join(wrong)
        assert registered(self.home.hass) == (set(CAR_IDS), self.entities)

    def _answer(self, method: str, path: str, **how: Any) -> None:
        self._mend((method, path))
        self.faults[method, path] = self.simulator.fail(method, path, **how)

    def _mend(self, *which: tuple[str, str]) -> None:
        for key in which or tuple(self.faults):
            if (fault := self.faults.pop(key, None)) is not None:
                fault.stop()

    async def _true_answer(self, path: str) -> Json:
        self._mend(("GET", path))
        query = {"userId": USER_ID} if path == LIST else {}
        session = async_get_clientsession(self.home.hass)
        return await ask(session, self.simulator, path, **query)

    def _change(self, setting: str, value: Any) -> Call:
        if setting == "action":
            return self.home.act([CAR_IDS[0]], **value)
        return self.home.set(CAR_IDS[0], setting, value)


async def _done_or_refused(call: Call) -> bool:
    """Make a call; return whether Home Assistant says that it was done."""
    try:
        await call
    except HomeAssistantError:
        return False
    return True


def _is_id(path: Path) -> bool:
    """Return whether this is a car's id, because a different id means another car."""
    return len(path) == 2 and path[1] == "id"


def _no(_: Path) -> bool:
    return False
