"""No edit is lost and the states are true, whatever happens at the same time.

People edit with entities and with the action, Hiven's own app edits too, polls happen
in between, and Hiven answers in any order and in any dialect, refuses, fails and loses
answers.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from homeassistant.exceptions import HomeAssistantError
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from simulator import Hold
from simulator.settings import Settings

from . import turn
from .actions import BEHAVIOR, MINIMUM, PREFERENCES, READY_TIME, TARGET, ready_time_of
from .home import Home

# The number of examples for each dialect.
DIALECTS = [
    (60, ()), (25, ("put_replaces",)), (25, ("week_merged_null",)),
    (25, ("lagging_reads",)), (15, ("preferences_in_list_only",)),
    (15, ("preferences_in_resource_only",)),
    (15, ("put_replaces", "lagging_resource", "preferences_in_resource_only")),
]  # fmt: skip

START: dict[str, Any] = {
    "chargingBehavior": "SMART_CHARGE_ANYWHERE", "readyTime": "07:00",
    "targetSoC": {"value": 80, "unit": "PERCENT"},
    "minimalSoC": {"value": 10, "unit": "PERCENT"},
    "weekDaySpecificReadyTimes": {"MONDAY": "06:00"},
}  # fmt: skip
# A refusal changes nothing. After the other faults, only reading shows the result.
REFUSALS = (400, 409, 422, 429)
FAULTS: tuple[tuple[str, dict[str, Any]], ...] = (
    *(("PUT", {"status": status}) for status in (*REFUSALS, 500)),
    ("PUT", {"status": 500, "apply": True}), ("PUT", {"kind": "reset"}),
    ("PUT", {"kind": "reset", "apply": True}), ("PUT", {"kind": "html", "apply": True}),
    ("GET", {"status": 500}), ("GET", {"body": {}}),
)  # fmt: skip


@dataclass(frozen=True)
class Field:
    """A setting: how people set it, and where Hiven and Home Assistant show it."""

    name: str
    values: tuple[Any, ...]
    by_entity: Callable[[Home, Any], Awaitable[None]]
    by_action: Callable[[Any], dict[str, Any]]
    to_app: Callable[[Any, dict[str, Any]], dict[str, Any]]
    at_hiven: Callable[[dict[str, Any]], Any]
    in_state: Callable[[Home], Any]


def _soc(name: str, key: str, entity_id: str, values: tuple[int, ...]) -> Field:
    return Field(
        name, values,
        by_entity=lambda home, value: home.set_number(entity_id, value),
        by_action=lambda value: {name: value},
        to_app=lambda value, _: {key: {"value": value, "unit": "PERCENT"}},
        at_hiven=lambda held: held[key]["value"],
        in_state=lambda home: float(home.shown(entity_id)),
    )  # fmt: skip


def _day(day: str) -> Field:
    key = "weekDaySpecificReadyTimes"
    entity_id = ready_time_of(day)

    def by_action(value: str | None) -> dict[str, Any]:
        if value is None:
            return {"clear_days": [day]}
        return {"ready_time": value, "days": [day]}

    def by_entity(home: Home, value: str | None) -> Awaitable[None]:
        if value is None:
            return home.set_preferences(**by_action(value))
        return home.set_time(entity_id, value)

    def to_app(value: str | None, held: dict[str, Any]) -> dict[str, Any]:
        week = {**held.get(key, {}), day.upper(): value}
        return {key: {each: at for each, at in week.items() if at is not None}}

    return Field(
        day, ("05:00", "06:30", "00:00", None), by_entity=by_entity,
        by_action=by_action, to_app=to_app,
        at_hiven=lambda held: held.get(key, {}).get(day.upper()),
        in_state=lambda home: _time(home.shown(entity_id)),
    )  # fmt: skip


def _time(state: str) -> str | None:
    return None if state == "unknown" else state.removesuffix(":00")


FIELDS = (
    Field(
        "behavior", ("smart_charge_off", "smart_charge_anywhere"), by_entity=Home.choose,
        by_action=lambda value: {"charging_behavior": value},
        to_app=lambda value, _: {"chargingBehavior": value.upper()},
        at_hiven=lambda held: held["chargingBehavior"].lower(),
        in_state=lambda home: home.shown(BEHAVIOR),
    ),
    _soc("target_soc", "targetSoC", TARGET, (60, 70, 90)),
    _soc("minimum_soc", "minimalSoC", MINIMUM, (15, 25, 40)),
    Field(
        "ready_time", ("04:00", "05:30", "08:00"),
        by_entity=lambda home, value: home.set_time(READY_TIME, value),
        by_action=lambda value: {"ready_time": value},
        to_app=lambda value, _: {"readyTime": value},
        at_hiven=lambda held: held["readyTime"],
        in_state=lambda home: _time(home.shown(READY_TIME)),
    ),
    *map(_day, ("monday", "tuesday", "sunday")),
)  # fmt: skip
# The settings that every PUT includes while smart charging is on.
CARRIED = {"behavior", "target_soc", "ready_time", "monday", "tuesday", "sunday"}

WAYS = st.sampled_from(("entity", "entity", "action", "app"))
EDITS = [
    st.tuples(WAYS, st.just(each), st.sampled_from(each.values)) for each in FIELDS
]
STEP = st.one_of(
    *EDITS,
    st.tuples(st.just("poll"), st.none(), st.none()),
    st.tuples(st.just("time"), st.none(), st.integers(1, 5)),
    st.tuples(st.just("answer"), st.none(), st.integers(0, 5)),
    st.tuples(st.just("answer"), st.none(), st.integers(0, 5)),
    st.tuples(st.just("fault"), st.none(), st.sampled_from(FAULTS)),
)


@dataclass
class Edit:
    """An edit of a field: its start, its end, and its result."""

    field: Field
    value: Any
    began: int
    by_app: bool = False
    ended: int | None = None
    error: HomeAssistantError | None = None

    @property
    def surely_not_stored(self) -> bool:
        """Return whether the error proves that nothing was stored."""
        refusals = ("refused_said", "rate_limited")
        return self.error is not None and self.error.translation_key in refusals


@dataclass
class History:
    """All that happens in one example, in order."""

    home: Home
    dialect: tuple[str, ...]
    edits: list[Edit] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    clock: int = 0

    def tick(self) -> int:
        self.clock += 1
        return self.clock

    async def edit(self, way: str, setting: Field, value: Any) -> None:
        edit = Edit(setting, value, self.tick(), by_app=way == "app")
        self.edits.append(edit)
        if way == "app":
            change = setting.to_app(value, self.home.held)
            self.home.edit(**change)
            edit.ended = edit.began
            return

        async def call() -> None:
            try:
                if way == "entity":
                    await setting.by_entity(self.home, value)
                else:
                    await self.home.set_preferences(**setting.by_action(value))
            except HomeAssistantError as err:
                edit.error = err
            edit.ended = self.tick()

        self.tasks.append(asyncio.create_task(call()))

    def waiting(self) -> list[Hold]:
        """Return the requests Hiven has not answered."""
        return [hold for hold in self.holds if hold.count]

    def answer(self, index: int) -> None:
        if waiting := self.waiting():
            hold = waiting[index % len(waiting)]
            hold.release()
            self.holds.remove(hold)

    async def settle(self) -> None:
        """Run the other tasks, long enough for a whole write."""
        for _ in range(60):
            await turn()

    async def pass_time(self, seconds: int) -> None:
        """Let time pass, unless a request would time out."""
        for _ in range(seconds):
            if not self.waiting():
                self.home.freezer.tick(1)
                await self.settle()

    async def finish(self, *, newest_first: bool) -> None:
        while not all(task.done() for task in self.tasks):
            await self.settle()
            self.answer(-1 if newest_first else 0)
            await self.pass_time(1)
        for hold in self.holds:
            hold.release()
        await asyncio.gather(*self.tasks)
        await self.home.hass.async_block_till_done(wait_background_tasks=True)

    def last_edits(self, setting: Field) -> list[Edit]:
        """Return the edits of a field that may be the final one."""
        edits = [each for each in self.edits if each.field is setting]
        edits = [each for each in edits if not each.surely_not_stored]
        return [
            edit for edit in edits if not any(_follows(later, edit) for later in edits)
        ]

    def app_edits_at_risk(self, setting: Field) -> list[Edit]:
        """Return edits in the app that a PUT of another field may have replaced."""
        if setting.name not in CARRIED and "put_replaces" not in self.dialect:
            return []
        lags = any("lagging" in name for name in self.dialect)
        writes = [each for each in self.edits if not each.by_app]
        return [
            edit
            for edit in self.edits
            if edit.by_app and edit.field is setting
            # An outdated answer hides an edit even from a later write.
            if any(
                lags or each.began < edit.began < (each.ended or 0) for each in writes
            )
        ]


def _follows(later: Edit, earlier: Edit) -> bool:
    """Return whether an edit is certain to replace an earlier one."""
    if later.error is not None or later.ended is None or earlier.ended is None:
        return False
    if not later.by_app and not earlier.by_app:
        return later.began > earlier.began
    return later.began > earlier.ended


@pytest.mark.parametrize(("runs", "dialect"), DIALECTS)
async def test_no_edit_is_lost(home: Home, runs: int, dialect: tuple[str, ...]) -> None:
    """At the end, Hiven and the states have the last edit of each field."""
    home.simulator.speak(*dialect)
    home.car.preferences = START
    await home.start()
    account = home.entry.runtime_data
    # The integration learns the dialect before anything fails.
    await home.through(home.set_preferences(clear_days=["monday"]))

    @settings(
        max_examples=runs, deadline=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(
        steps=st.lists(STEP, min_size=2, max_size=14),
        holds=st.lists(st.booleans(), max_size=12),
        newest_first=st.booleans(),
    )
    async def play(
        steps: list[tuple[str, Any, Any]], holds: list[bool], newest_first: bool
    ) -> None:
        home.car.preferences = START
        # Forget the writes of the previous example.
        home.simulator.settings = Settings(home.simulator, home.simulator.clock)
        await home.pass_time(minutes=1)
        await account.async_refresh()
        home.simulator.requests.clear()
        history = History(home, dialect)
        # Requests wait in Hiven before or after they are carried out.
        history.holds = [home.simulator.hold("*", "*", after=after) for after in holds]
        faults = []
        for kind, setting, value in steps:
            if kind == "answer":
                history.answer(value)
            elif kind == "poll":
                history.tasks.append(asyncio.create_task(account.async_refresh()))
            elif kind == "time":
                await history.pass_time(value)
            elif kind == "fault":
                method, answer = value
                fault = home.simulator.fail(method, PREFERENCES, times=1, **answer)
                faults.append(fault)
            else:
                await history.edit(kind, setting, value)
            await history.settle()
        await history.finish(newest_first=newest_first)
        for fault in faults:
            fault.stop()

        edits = history.edits
        is_doubtful = any(each.error and not each.surely_not_stored for each in edits)
        by_app = {each.field.name for each in edits if each.by_app}
        # The states show the last write, even after an outdated answer.
        for _ in range(2):
            for setting in FIELDS:
                if not is_doubtful and setting.name not in by_app:
                    held = setting.at_hiven(home.held)
                    assert setting.in_state(home) == held, setting.name
            await account.coordinator.async_refresh()
        await home.pass_time(minutes=1)
        await account.async_refresh()
        await home.hass.async_block_till_done(wait_background_tasks=True)
        for setting in FIELDS:
            held = setting.at_hiven(home.held)
            assert setting.in_state(home) == held, f"{setting.name} shows another value"
            allowed = {edit.value for edit in history.last_edits(setting)}
            if all(edit.error for edit in edits if edit.field is setting):
                allowed.add(setting.at_hiven(START))
            is_known = held in allowed or history.app_edits_at_risk(setting)
            assert is_known, f"{setting.name}: {held} instead of {allowed}"
        home.simulator.requests.clear()

    await in_this_loop(play)


async def in_this_loop(test: Any) -> None:
    """Run a property test in the event loop of Home Assistant."""
    loop = asyncio.get_running_loop()
    inner = test.hypothesis.inner_test

    def sync(*args: Any, **kwargs: Any) -> None:
        asyncio.run_coroutine_threadsafe(inner(*args, **kwargs), loop).result()

    test.hypothesis.inner_test = sync
    await asyncio.to_thread(test)
