"""Simulates an account tick by tick, and checks what must be true."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncGenerator, Callable, Collection, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from homeassistant.config_entries import ConfigEntries, ConfigEntryState
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from custom_components.hiven.api import ChargingStatus
from custom_components.hiven.const import DOMAIN
from custom_components.hiven.coordinator import HivenCoordinator
from simulator import Car, Hold, Simulator
from tools import API_KEY, USER_ID
from tools.calls import LIST, MODELS, STATUS, counted
from tools.clock import Clock, begin_due
from tools.home import Home
from tools.truth import (
    PLANNED,
    REPORTED,
    differences,
    entities_of,
    settings_unavailable,
)
from tools.watch import LogWatch

from .calls import Account, Books, ByCar, Happened, Often, by_car
from .figures import Sample, sample
from .plan import Big, Plan, Small
from .settings import Edit, Editor, flat
from .troubles import Trouble

TICK = timedelta(minutes=5)
# Hiven may ask to wait for an hour, and a car is read every 15 minutes.
MOST_TICKS_TO_RECOVER = 16
MOST_TICKS_OF_TROUBLE = 8
# A car is gone after three lists, at most 15 minutes apart.
MOST_TICKS_AWAY = 14
MOST_TICKS_UNTIL_LISTED = 4
LOOPS_UNTIL_ASKED = 20_000
OVER = (ChargingStatus.CHARGING_COMPLETED, ChargingStatus.DISCONNECTED)

type Script = AsyncGenerator[None]


@dataclass
class Tally:
    """The number of events."""

    ticks: int = 0
    edits: int = 0
    edits_in_doubt: int = 0
    troubles: int = 0
    moves: int = 0
    starts: int = 1
    most_lines: int = 10


@dataclass
class Month:
    """Runs a plan, and checks after each tick that everything is right."""

    home: Home
    simulator: Simulator
    clock: Clock
    log: LogWatch
    random: Random
    editor: Editor
    spare_car: Car = field(default_factory=lambda: Car(id="car-3", name="Third car"))
    account: Account = field(default_factory=Account)
    books: Books = field(default_factory=Books)
    plans: Often = field(default_factory=Often)
    sessions: Often = field(default_factory=Often)
    tally: Tally = field(default_factory=Tally)
    samples: list[Sample] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start with an account that was just set up and works."""
        self.recent: deque[str] = deque(maxlen=8)
        self._held = {car.vin: flat(car.preferences) for car in self._cars}
        # By VIN and key.
        self._entities: dict[str, dict[str, str]] = {}
        self._doubts: list[tuple[str, Edit]] = []
        self._read: set[str] = set()
        self._coordinator = self._running()
        self._statuses = self._shown_statuses()
        self._ended: dict[str, datetime | None] = {}
        self._script: Script | None = None
        # Events during a poll.
        self._meanwhile: list[Callable[[], Coroutine[Any, Any, None]]] = []
        self._writes = Counter[str]()
        self._happened = Happened(starts=1, bare=self._bare())
        # What was written, requested and stopped in the last five minutes.
        self._before = Happened()
        self._news_before = 0
        self._stopped_before = 0
        self._has_new_plan = False
        # Cars that were changed in the app after Home Assistant read the list.
        self._edited_in_app: set[str] = set()
        self._asked_now: set[str] = set()
        # What has not been read since the last trouble.
        self._unread: set[str] = set()
        # Whether the expected calls and states are known.
        self._is_well = True
        self._trouble_with: str | None = None
        self._ticks_to_recover = 0

    async def live(self, plan: Plan) -> None:
        """Run the whole plan."""
        for tick in range(plan.ticks):
            await self._tick(plan.big.get(tick), plan.small.get(tick, []))
            self.tally.ticks += 1
            if tick in plan.rests:
                assert self._is_well, "the account should have recovered by now"
                self.samples.append(sample(self.home))
                for car in self._cars:
                    # Keep the current one.
                    del car.life.sessions[:-1]

    # A tick.

    async def _tick(self, big: Big | None, small: list[Small]) -> None:
        """Run five minutes: Hiven changes, Home Assistant polls, users change settings."""
        if big is not None:
            self._note(big)
            self._script = self._begin(big)
        if self._script is not None:
            try:
                await anext(self._script)
            except StopAsyncIteration:
                self._script = None
        # Before the small events, which may give a new car its settings.
        self._happened.bare |= self._bare()
        for event in small:
            self._note(event)
            self._prepare(event)
        await self._poll()
        for event in small:
            await self._act(event)
        await self._check()

    def _note(self, event: object) -> None:
        self.recent.append(f"tick {self.tally.ticks}: {event}")

    async def _poll(self) -> None:
        """Let time pass, with the events during the poll."""
        await self._pass(TICK)
        meanwhile, self._meanwhile = self._meanwhile, []
        await asyncio.gather(*(each() for each in meanwhile))
        await self.home.done()

    async def _pass(self, time: timedelta) -> None:
        """Move the clock, and start what is due."""
        self.clock.tick(time)
        await begin_due()

    async def _check(self) -> None:
        """Check what must be true after a tick."""
        assert not self.log.problems, "\n".join(self.log.problems)
        calls = counted(self.simulator.requests)
        of_cars = by_car(self.simulator.requests)
        self.simulator.requests.clear()
        happened = self._happened
        if self._running() not in (None, self._coordinator):
            happened.starts = max(happened.starts, 1)
        self._asked_now = set(of_cars["telemetry"])
        if calls["list"]:
            self._edited_in_app.clear()
        self._check_news(calls.pop("plan", 0), calls.pop("sessions", 0), calls)
        if self._is_well:
            self._check_calls(calls, of_cars, happened)
        else:
            self.books.enter_in_trouble(calls, len(self._cars))
        self._before, self._happened = happened, Happened(bare=self._bare())
        self._writes = Counter()
        self._check_held()
        self._check_available()
        self._check_registered()
        if self._is_well:
            if self._is_on:
                # After a change, a car may start or stop charging at once.
                without = REPORTED if calls["write settings"] else ()
                wrong = await self._differences(without)
                assert not wrong, "\n".join(wrong)
        else:
            await self._recover(calls, of_cars)
        self._coordinator = self._running()

    def _check_calls(
        self, calls: Counter[str], of_cars: ByCar, happened: Happened
    ) -> None:
        """Check the number of requests to Hiven."""
        now, starts = dt_util.utcnow(), happened.starts
        if starts:
            self.account.models_read = self.account.models_tried = None
        is_running = self._is_on or starts
        writes = self._writes["write settings"]
        # A poll, an earlier one after a change or for a new plan, and requests.
        lists = bool(is_running) + happened.asks + self._before.asks + starts
        lists += bool(writes or self._news_before or self._has_new_plan)
        known = self.account.vehicles.keys() | self.account.missing.keys()
        cars = len(known | {car.id for car in self._cars})
        bare = len(happened.bare)
        models_may = bool(is_running and self.account.models_may_be_due(now))
        models_must = bool(starts or self.account.models_are_due(now)) and self._is_on
        self.books.enter(
            calls,
            least=Counter(
                {
                    "write settings": writes,
                    "read settings": 2 * writes,
                    "model list": int(models_must),
                }
            ),
            most=Counter(
                {
                    "list": lists,
                    "telemetry": lists * (cars + starts),
                    "details": lists * cars,
                    "write settings": writes,
                    "read settings": 2 * writes + happened.idle + bare * lists,
                    "model list": int(models_may),
                    # An action that sets locations reads the list of locations.
                    "locations": writes,
                }
            ),
        )
        if calls["model list"]:
            self.account.models_answered(now)
        vehicles = {car.id: car.vin for car in self._cars}
        self.account.check(calls, of_cars, vehicles, happened, now)
        if not self._is_on:
            self.account.stops()

    def _check_news(self, plans: int, sessions: int, calls: Counter[str]) -> None:
        """Check that plans and sessions are read only for a reason."""
        coordinator = self._running()
        shown = self._shown_statuses()
        before = self._statuses if coordinator is self._coordinator else {}
        self._statuses = shown
        changed = {id_ for id_, status in shown.items() if before.get(id_) != status}
        # A charge stops, or one that paused is over.
        stopped = sum(
            before.get(id_) == ChargingStatus.CHARGING or shown[id_] in OVER
            for id_ in changed
        )
        # A plan is read at once after a change of settings, and again later.
        edits = calls["write settings"] + self._happened.edits
        news = len(changed) + 2 * edits
        # A removed car is still read until the list lacks it.
        cars = len({*before, *shown, *(car.id for car in self._cars)})
        assert plans <= cars + news + self._news_before, (
            f"{plans} plans read of {cars} cars, {news} news"
        )
        assert sessions <= stopped + self._stopped_before, (
            f"{sessions} times sessions, {stopped} stopped"
        )
        self._has_new_plan = bool(plans)
        self._news_before, self._stopped_before = 2 * edits, stopped
        smart = sum(
            car.preferences is not None
            and car.preferences.get("chargingBehavior") != "SMART_CHARGE_OFF"
            for car in self._cars
        )
        is_sure = self._is_well and self._is_on
        self.plans.enter(plans, news + edits + cars / 3, smart / 3 if is_sure else 0)
        ended, self._ended = self._ended, self._sessions_ended()
        over = sum(at != ended.get(id_) for id_, at in self._ended.items())
        self.sessions.enter(sessions, stopped, over)

    def _bare(self) -> set[str]:
        """Return the cars without settings."""
        return {car.id for car in self._cars if not car.preferences}

    def _shown_statuses(self) -> dict[str, str]:
        """Return each car's charging status in Home Assistant."""
        coordinator = self._running()
        return {
            id_: str(state.status and state.status.charging_status)
            for id_, state in (coordinator.data if coordinator else {}).items()
        }

    def _sessions_ended(self) -> dict[str, datetime | None]:
        """Return when the last charging session of each car ended."""
        if not self._is_on:
            return self._ended
        histories = self.home.entry.runtime_data.histories
        return {
            car.id: history.session_ended_at
            for car in self._cars
            if (history := histories.history(car.id))
        }

    def _check_held(self) -> None:
        """Check that Hiven has stored the last change of every field."""
        for car in self._cars:
            have, want = flat(car.preferences), self._held[car.vin]
            for name in have.keys() | want.keys():
                maybe = [want.get(name)] + [
                    edit.applied_to(want).get(name)
                    for vin, edit in self._doubts
                    if vin == car.vin
                ]
                assert have.get(name) in maybe, (
                    f"{car.name}: {name} is {have.get(name)} instead of {maybe}"
                )
            self._held[car.vin] = have

    def _check_available(self) -> None:
        """Check that settings can be changed once a car has been read."""
        coordinator = self._running()
        if coordinator is not self._coordinator:
            self._read = set()
        if coordinator is not None:
            known = {car.id for car in self._cars}
            self._read = (self._read | set(coordinator.data)) & known
            assert not (dead := settings_unavailable(self.home, self._read)), (
                f"unavailable: {dead}"
            )

    def _check_registered(self) -> None:
        """Check that cars keep their entities."""
        registered: dict[str, dict[str, str]] = {}
        for vehicle_id, key, entity in entities_of(self.home):
            registered.setdefault(vehicle_id, {})[key] = entity.id
        for car in self._cars:
            # Home Assistant may not know a new or returned car yet.
            entities = registered.get(car.id)
            if entities is not None:
                entities = self._entities.setdefault(car.vin, entities)
            assert entities == registered.get(car.id), f"{car.name} lost entities"
            assert entities or car.id not in self.account.vehicles

    async def _recover(self, calls: Counter[str], of_cars: ByCar) -> None:
        """Check whether the account has recovered."""
        coordinator = self._running()
        if coordinator is not self._coordinator:
            self.account.models_read = self.account.models_tried = None
        if calls["model list"]:
            well = self._trouble_with != MODELS
            self.account.models_answered(dt_util.utcnow(), well=well)
        if self._trouble_with is not None:
            return
        if calls["list"]:
            self._unread.discard(LIST)
        self._unread -= of_cars["telemetry"].keys()
        unread = {LIST, *(car.id for car in self._cars)}
        if coordinator is None:
            wrong = ["the account is not running"]
        elif not coordinator.last_update_success:
            wrong = ["there was no good poll"]
        elif self._unread & unread:
            wrong = [f"not read: {self._unread & unread}"]
        else:
            wrong = await self._differences()
        if not wrong:
            self._is_well = True
            self._doubts.clear()
            vehicles = {car.id: car.vin for car in self._cars}
            self.account.begins(vehicles, dt_util.utcnow())
            return
        self._ticks_to_recover += 1
        assert self._ticks_to_recover < MOST_TICKS_TO_RECOVER, "\n".join(
            ("it does not recover", *wrong)
        )

    async def _differences(self, without: Collection[str] = frozenset()) -> list[str]:
        return await differences(
            self.home, self.simulator, PLANNED | set(without), self._is_known
        )

    def _is_known(self, vehicle_id: str, key: str) -> bool:
        """Return whether Home Assistant should show Hiven's values by now."""
        if self._is_well:
            if vehicle_id in self.account.missing:
                return False
            if vehicle_id not in self.account.vehicles:
                return not any(car.id == vehicle_id for car in self._cars)
        if key in REPORTED:
            return vehicle_id in self._asked_now
        return vehicle_id not in self._edited_in_app

    @property
    def _entries(self) -> ConfigEntries:
        return self.home.hass.config_entries

    @property
    def _cars(self) -> list[Car]:
        return list(self.simulator.cars.values())

    @property
    def _is_on(self) -> bool:
        return self.home.entry.state is ConfigEntryState.LOADED

    def _running(self) -> HivenCoordinator | None:
        """Return the running coordinator; each start creates a new one."""
        return self.home.entry.runtime_data.coordinator if self._is_on else None

    # Small events.

    def _prepare(self, event: Small) -> None:
        """Run events before or during the poll."""
        match event:
            case "app" if self._held[(car := self.random.choice(self._cars)).vin]:
                self.simulator.app_edit(car.id, {"readyTime": "05:15"})
                self._happened.edits += 1
                self._edited_in_app.add(car.id)
                self._held[car.vin] = flat(car.preferences)
            case "edit during the poll" if not self._meanwhile:
                self._meanwhile.append(self._edit_any)

    async def _act(self, event: Small) -> None:
        """Run events after the poll."""
        if not self._is_on:
            return
        car = self.random.choice(self._cars)
        match event:
            case "edit":
                await self._edit_any()
            case "burst":
                await self._edit(car, self.editor.burst(self._held[car.vin]))
            case "edit all cars":
                await self._edit_all()
            case "ask":
                self._happened.asks += 1
                await self.home.ask()
                await self.home.done()

    async def _edit_any(self, *, is_new: bool = False) -> None:
        """Change a car; with `is_new`, to something that Hiven does not have yet."""
        car = self.random.choice(self._cars)
        held = self._held[car.vin]
        edit = self.editor.edit(held)
        while is_new and edit.applied_to(held) == held:
            edit = self.editor.edit(held)
        await self._edit(car, [edit])

    async def _edit_all(self) -> None:
        """Change several cars with one action."""
        target = self.random.randrange(50, 100)
        cars = self._cars
        edit = Edit(
            {"targetSoC": (float(target), "PERCENT")},
            lambda home, _: home.act([car.id for car in cars], target_soc=target),
        )
        if self._can_edit(*cars):
            before = counted(self.simulator.requests)
            is_sure = await self._call(edit, cars[0])
            news = [self._enter(car, edit, is_sure=is_sure) for car in cars]
            self._expect_writes(before, least=sum(news), most=len(cars))

    async def _edit(self, car: Car, edits: list[Edit]) -> None:
        """Make several changes to a car at the same time."""
        if not self._can_edit(car):
            return
        before, held = counted(self.simulator.requests), self._held[car.vin]
        outcomes = await asyncio.gather(*(self._call(edit, car) for edit in edits))
        for edit, is_sure in zip(edits, outcomes, strict=True):
            self._enter(car, edit, is_sure=is_sure)
        # A value that Hiven already has is not written.
        least = int(self._held[car.vin] != held)
        self._expect_writes(before, least=least, most=min(2, len(edits)))

    def _can_edit(self, *cars: Car) -> bool:
        """Return whether it is possible: calls to unavailable entities are dropped."""
        coordinator = self._running()
        return coordinator is not None and all(
            car.id in coordinator.data for car in cars
        )

    async def _call(self, edit: Edit, car: Car) -> bool:
        """Make a change; return whether it is certainly stored.

        It must be, unless there is trouble.
        """
        try:
            await edit.by(self.home, car)
        except HomeAssistantError:
            if self._is_well:
                raise
            return False
        return True

    def _enter(self, car: Car, edit: Edit, *, is_sure: bool) -> bool:
        """Note an edit; return whether it changes what Hiven stores."""
        self.tally.edits += 1
        before = self._held[car.vin]
        if is_sure:
            self._held[car.vin] = edit.applied_to(before)
        else:
            self.tally.edits_in_doubt += 1
            self._doubts.append((car.vin, edit))
        return self._held[car.vin] != before

    def _expect_writes(self, before: Counter[str], *, least: int, most: int) -> None:
        """Expect one write, or two for many changes: read, write, read back."""
        calls = counted(self.simulator.requests)
        writes = calls["write settings"] - before["write settings"]
        if self._is_well:
            assert least <= writes <= most, f"{writes} writes"
            self._writes["write settings"] += writes
            self._happened.idle += most - writes

    async def _asked(self, hold: Hold, number: int = 1) -> None:
        """Wait until requests are on hold. The clock stands still, so count turns."""
        for _ in range(LOOPS_UNTIL_ASKED):
            if hold.count >= number:
                return
            await asyncio.sleep(0)
        raise AssertionError("Hiven was not asked")

    # Big events. Each pauses where it yields, until the next tick.

    def _begin(self, event: Big) -> Script:
        match event:
            case Trouble():
                self.tally.troubles += 1
                if event.with_edit:
                    return self._trouble_with_edit(event)
                if event.seconds:
                    return self._slow(event)
                return self._trouble(event)
            case "leave":
                return self._leave()
            case "connect again":
                return self._connect_again()
            case "new car":
                return self._new_car()
            case "restart":
                return self._restart()
            case "off":
                return self._off()
            case "restart in trouble":
                return self._restart_in_trouble()

    def _trouble_begins(self, pattern: str) -> None:
        self._is_well, self._trouble_with = False, pattern
        # It is logged that a car cannot be read, and that it can be read again.
        affected = 1 if pattern == LIST else len(self._cars)
        self.tally.most_lines += 2 * affected

    async def _trouble_ends(self) -> None:
        self._trouble_with = None
        self._ticks_to_recover = 0
        self._unread = {LIST, *(car.id for car in self._cars)}
        flows = self._entries.flow.async_progress_by_handler(DOMAIN)
        if self._is_on and self.random.random() < 0.5:
            # No new key is entered, and the old one works again.
            flows = []
        for flow in flows:
            result = await self._entries.flow.async_configure(
                flow["flow_id"], {"api_key": API_KEY}
            )
            assert result["type"] == "abort", result
            assert result["reason"] == "reauth_successful", result
        await self.home.done()

    async def _trouble(self, trouble: Trouble) -> Script:
        self._trouble_begins(trouble.pattern)
        fault = self.simulator.fail(trouble.method, trouble.pattern, **trouble.how)
        for _ in range(self.random.randrange(1, MOST_TICKS_OF_TROUBLE)):
            yield
        fault.stop()
        await self._trouble_ends()

    async def _slow(self, trouble: Trouble) -> Script:
        self._trouble_begins(trouble.pattern)
        number = len(self._cars) if trouble.pattern == STATUS else 1
        hold = self.simulator.hold(trouble.method, trouble.pattern, number)

        async def be_slow() -> None:
            await self._asked(hold, number)
            # Home Assistant may give up before.
            await self._pass(timedelta(seconds=trouble.seconds))
            hold.release()

        self._meanwhile.append(be_slow)
        yield
        await self._trouble_ends()

    async def _trouble_with_edit(self, trouble: Trouble) -> Script:
        self._trouble_begins(trouble.pattern)
        if trouble.seconds:
            hold = self.simulator.hold(trouble.method, trouble.pattern)
            edit = asyncio.create_task(self._edit_any(is_new=True))
            await self._asked(hold)
            await self._pass(timedelta(seconds=trouble.seconds))
            hold.release()
            await edit
        else:
            fault = self.simulator.fail(
                trouble.method, trouble.pattern, times=1, **trouble.how
            )
            await self._edit_any()
            # A value that Hiven already has is not written.
            assert fault.hits <= 1
            fault.stop()
        await self.home.done()
        await self._trouble_ends()
        yield

    async def _leave(self) -> Script:
        """Remove a car at Hiven; it returns unchanged."""
        self.tally.moves += 1
        car = self.simulator.remove_car(self.random.choice(self._cars).id)
        for _ in range(self.random.randrange(1, MOST_TICKS_AWAY)):
            yield
        self.simulator.add_car(USER_ID, car)

    async def _connect_again(self) -> Script:
        """Connect a car again, so that it gets a new id."""
        self.tally.moves += 1
        car = self._connected_again(self.random.choice(self._cars))
        async for _ in self._until_listed(car):
            yield
        await self._set_up(car)

    async def _until_listed(self, car: Car) -> Script:
        """Wait until Home Assistant has found a car."""
        for _ in range(MOST_TICKS_UNTIL_LISTED):
            yield
            if self._can_edit(car):
                return
        raise AssertionError(f"{car.name} was not found")

    async def _set_up(self, car: Car) -> None:
        """Set up a new car, unless that was done."""
        if not car.preferences:
            await self._edit(car, [self.editor.everything()])

    def _connected_again(self, old: Car) -> Car:
        self.simulator.remove_car(old.id)
        car = Car(
            name=old.name,
            vin=old.vin,
            soc=old.soc,
            plugged_in=old.plugged_in,
            routine=old.routine,
            reports_capacity=old.reports_capacity,
            preferences=self.random.choice((old.preferences, None)),
        )
        self._held[car.vin] = flat(car.preferences)
        return self.simulator.add_car(USER_ID, car)

    async def _new_car(self) -> Script:
        """Connect another car, set it up, and remove it again."""
        self.tally.moves += 1
        car = self.simulator.add_car(USER_ID, self.spare_car)
        car.preferences = None
        self._held[car.vin] = {}
        async for _ in self._until_listed(car):
            yield
        await self._set_up(car)
        for _ in range(self.random.randrange(1, MOST_TICKS_AWAY)):
            yield
        self.simulator.remove_car(car.id)

    async def _restart(self) -> Script:
        """Restart, and change settings while the model list is read."""
        self.tally.starts += 1
        hold = self.simulator.hold("GET", MODELS)
        await self._entries.async_reload(self.home.entry.entry_id)
        await self._asked(hold)
        await self._edit_any()
        hold.release()
        await self.home.done()
        yield

    async def _off(self) -> Script:
        """Unload the account for a while, and connect a car again in the meantime."""
        self.tally.starts += 1
        await self._entries.async_unload(self.home.entry.entry_id)
        car = self._connected_again(self.random.choice(self._cars))
        for _ in range(self.random.randrange(1, MOST_TICKS_AWAY)):
            yield
        await self._entries.async_setup(self.home.entry.entry_id)
        await self.home.done()
        yield
        await self._set_up(car)

    async def _restart_in_trouble(self) -> Script:
        self.tally.starts += 1
        self._trouble_begins(LIST)
        status = self.random.choice((401, 403, 429, 500))
        fault = self.simulator.fail("GET", LIST, status=status)
        await self._entries.async_reload(self.home.entry.entry_id)
        for _ in range(self.random.randrange(1, MOST_TICKS_OF_TROUBLE)):
            yield
        fault.stop()
        await self._trouble_ends()
