"""What must be true for an account in Home Assistant, whatever Hiven answers."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
import json
from typing import Any, Literal

from homeassistant.config_entries import ConfigEntryState
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from hypothesis import strategies as st
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.hiven.const import DOMAIN
from simulator import Car, Fault, Simulator
from simulator.traffic import Kind
from tools import USER_ID
from tools.calls import LIST, MODELS
from tools.clock import Clock
from tools.home import Call, Home
from tools.truth import differences, registered, settings_unavailable
from tools.watch import LogWatch, tasks_of_ours

from .garble import JSONS, WRONGS, Json, Path, Wrong, garbled
from .wire import KINDS, RETRY_AFTER, ask

CAR_IDS = ("car-1", "car-2")
_DEVICE = "/v2/hiven/devices/{}"
PATHS = (
    *(LIST, LIST, MODELS),
    *(f"/v1/hiven/devices/{car}/status" for car in CAR_IDS),
    *(_DEVICE.format(car) for car in CAR_IDS),
    *(f"{_DEVICE.format(car)}/smart-charging/ev-preferences" for car in CAR_IDS),
    *(f"{_DEVICE.format(car)}/smart-charging/schedule" for car in CAR_IDS),
)
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
class Live:
    """A car changes, and so do its settings in Hiven's own app."""

    soc: float
    plugged_in: bool
    target: int


@dataclass(frozen=True)
class Reload:
    """The account is reloaded."""


type Step = (
    Garble | ListAlso | MixUp | Unlist | Refuse | Mend | Wait | Edit | Live | Reload
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
    st.tuples(
        st.just("action"),
        st.sampled_from(
            (
                {"target_soc": 300, "soc_unit": "km"},
                {"ready_time": "04:30", "days": ["friday", "sunday"]},
                {"clear_days": ["monday"], "battery_capacity": 70},
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

    def __post_init__(self) -> None:
        """Remember the entities, which must not disappear."""
        self.entities = registered(self.home.hass)[1]

    async def check(self, story: list[Step]) -> None:
        """Run a series of steps, and check the result."""
        for car in self.cars:
            car.preferences = PREFERENCES
        self.strangers.clear()
        await self.recover()
        await self.hold_true()
        for step in story:
            await self.do(step)
            await self.home.done()
            self.hold()
        await self.recover()
        self.strangers.clear()
        self.hold()
        await self.hold_true()
        self.simulator.requests.clear()

    async def do(self, step: Step) -> None:
        """Do a step."""
        match step:
            case Garble(path, wrongs, instead):
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
        assert not (left := tasks_of_ours()), left

    async def recover(self) -> None:
        """Let Hiven work again, and poll once."""
        self._mend()
        # Longer than the longest wait that Hiven can ask for.
        self.clock.tick(timedelta(hours=1, seconds=1))
        await self.home.done()
        if self.home.entry.state is ConfigEntryState.LOADED:
            await self.home.entry.runtime_data.async_refresh()
            for car_id in CAR_IDS:
                await self.home.entry.runtime_data.plans.async_read(car_id)
        else:
            # The account waits for its next try, or for a key.
            await self.home.hass.config_entries.async_reload(self.home.entry.entry_id)
        await self.home.done()
        for flow in self.home.hass.config_entries.flow.async_progress_by_handler(
            DOMAIN
        ):
            self.home.hass.config_entries.flow.async_abort(flow["flow_id"])

    async def hold_true(self) -> None:
        """Check that every entity shows Hiven's value, and that no other car exists."""
        assert self.home.entry.state is ConfigEntryState.LOADED
        wrong = await differences(self.home, self.simulator, ())
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


async def _done_or_refused(call: Call) -> None:
    with suppress(HomeAssistantError):
        await call


def _is_id(path: Path) -> bool:
    """Return whether this is a car's id, because a different id means another car."""
    return len(path) == 2 and path[1] == "id"


def _no(_: Path) -> bool:
    return False
