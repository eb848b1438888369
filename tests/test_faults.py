"""Whatever goes wrong at Hiven: nothing false is shown, and all comes back by itself.

What is known to go wrong in integrations like this one, and where it is shown not to:

- one car that fails at set-up freezes the account: `test_one_car_fails_alone`
- the cloud is down at start, and the account stays dead: `test_down_at_start`
- one bad row freezes all cars: `test_one_bad_row_freezes_one_car`
- wrong types leave old values that look fresh: `test_wrong_types_are_not_fresh`
- `{}` wipes values: row "{}" of the three tables below, `test_rows_that_say_nothing`
- a refused write counts as done: `test_a_write`, row "null" for a yes that means no
- a command is sent twice: `test_a_command_is_sent_once`
- Retry-After is ignored: the rows "429 …" and "503"
- 401 never asks for a key: row "401", `test_a_refused_key_is_asked_for_once_…`
- an empty list removes cars: `test_an_empty_or_garbled_list_removes_nothing`
- 403 on the list: `test_a_forbidden_list_is_the_key_after_three_polls`
- values nobody knows: `test_unknown_values_are_told_once`
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
import logging
from pathlib import Path
import ssl
from time import process_time
from typing import Any

import aiohttp
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry, ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.hiven.application_credentials import async_get_client
from custom_components.hiven.const import DOMAIN, ENV_API_URL
from custom_components.hiven.coordinator import HivenCoordinator
from simulator import Car, Simulator
from simulator.traffic import Fault

from . import API_KEY, USER_ID
from .actions import (
    BEHAVIOR,
    LIST,
    NEXT_READY_TIME,
    PREFERENCES,
    READY_TIME,
    STATE_OF_CHARGE,
    TARGET,
    pass_time,
    plans_read,
    set_number,
    set_time,
    shown,
)
from .api.cars import FULL_ID, add_full_car
from .certificates import server_context
from .flow_helpers import Start, is_running
from .test_coordinator import logged, reauth_flows

POLL = 300
HOUR = 3600
HALF_AN_HOUR = 1800
OTHER_STATE_OF_CHARGE = "sensor.other_state_of_charge"
STATUS_OF_ONE = "/v1/hiven/devices/car-1/status"

STORED = None
"""What a caller is told whose change is stored after all."""


@dataclass(frozen=True)
class Trouble:
    """An answer, or none, and what people are told then.

    `poll` is told of a list, `read` of preferences that cannot be read before a
    write, `put` of the write itself. `wait`: the seconds until the next poll.
    `detail`: what the log says of it.
    """

    answer: Mapping[str, Any]
    poll: str = "unexpected_answer"
    read: str = "unexpected_answer"
    put: str | None = "unexpected_answer"
    wait: int = POLL
    detail: str = ""
    is_slow: bool = False
    retry_after: str | Callable[[], str] | None = None

    def begin(self, simulator: Simulator, method: str, pattern: str) -> Fault:
        """Let it happen."""
        header = self.retry_after() if callable(self.retry_after) else self.retry_after
        answer = dict(self.answer)
        if header is not None:
            answer["headers"] = {"Retry-After": header}
        return simulator.fail(method, pattern, **answer)


def _always(answer: Mapping[str, Any], told: str, **kwargs: Any) -> Trouble:
    """Return trouble of which the same is told everywhere, unless `put` differs."""
    return Trouble(answer, told, told, **{"put": told, **kwargs})


def _refused(status: int, told: str = "refused") -> Trouble:
    detail = f"answered {status}"
    return Trouble({"status": status}, read=told, put=told, detail=detail)


def _down(answer: Mapping[str, Any], **kwargs: Any) -> Trouble:
    return _always(answer, "cannot_connect", **kwargs)


def _busy(header: str | Callable[[], str] | None, wait: int) -> Trouble:
    return _always({"status": 429}, "rate_limited", wait=wait, retry_after=header)


def _in_a_while() -> str:
    """Return a date a quarter of an hour after the next poll."""
    at = dt_util.utcnow() + timedelta(seconds=POLL + 900)
    return format_datetime(at, usegmt=True)


DEEP = b"[" * 100_000 + b"]" * 100_000

TROUBLE: dict[str, Trouble] = {
    "400": _refused(400),
    "401": _always({"status": 401}, "invalid_auth"),
    "403": _always({"status": 403}, "forbidden"),
    "404": _refused(404, "not_found"),
    "408": _down({"status": 408}),
    "409": _refused(409),
    "422": _refused(422),
    "429": _busy(None, POLL),
    "429 seconds": _busy("900", 900),
    "429 date": _busy(_in_a_while, 900),
    "429 absurd": _busy("9" * 30, HOUR),
    "429 negative": _busy("-900", POLL),
    "429 garbage": _busy("when it suits", POLL),
    "500": _down({"status": 500}),
    "502": _down({"status": 502}),
    "503": _down({"status": 503}, wait=1200, retry_after="1200"),
    "504": _down({"status": 504}),
    "reset": _down({"kind": "reset"}),
    "reset midway": _down({"kind": "reset_midway"}, put=STORED),
    "no answer": _down({"kind": "hang"}, is_slow=True),
    "a byte a second": _down({"kind": "drip"}, put=STORED, is_slow=True),
    "half": Trouble({"kind": "truncate"}, put=STORED, detail="not JSON"),
    "a page": Trouble({"kind": "html"}, detail="not JSON"),
    "null": Trouble({"body": b"null"}, put="not_stored"),
    "[]": Trouble({"body": []}),
    "{}": Trouble({"body": {}}, detail="no telemetry"),
    "text": Trouble({"body": b'"text"'}, detail="not an object"),
    "42": Trouble({"body": 42}),
    "nothing": Trouble({"body": b""}, put="not_stored", detail="not an object"),
    "NaN": Trouble({"body": b"NaN"}),
    "deep": Trouble({"body": DEEP}, detail="not JSON"),
    "6 MB announced": Trouble({"kind": "huge"}, detail="too large"),
    "6 MB in chunks": Trouble({"kind": "huge_chunked"}, detail="too large"),
    "redirect": Trouble(
        {"status": 302, "headers": {"Location": "http://127.0.0.1:9/"}, "body": b""},
        detail="redirect",
    ),
}


def each_trouble(*but: str) -> pytest.MarkDecorator:
    """Run a test with everything that can go wrong, except for some."""
    return pytest.mark.parametrize(
        "trouble",
        [
            pytest.param(trouble, id=name)
            for name, trouble in TROUBLE.items()
            if name not in but
        ],
    )


async def until(condition: Callable[[], object]) -> None:
    """Wait for something that is about to happen."""
    for _ in range(100_000):
        if condition():
            return
        await asyncio.sleep(0)
    pytest.fail("it did not happen")


async def settle() -> None:
    """Let all that can go on go on."""
    for _ in range(100):
        await asyncio.sleep(0)


@dataclass
class Home:
    """A Home Assistant that runs an account with two cars."""

    hass: HomeAssistant
    simulator: Simulator
    freezer: FrozenDateTimeFactory
    caplog: pytest.LogCaptureFixture
    entry: ConfigEntry
    car: Car
    other: Car
    registered: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Remember what is registered."""
        self.registered = self._registered()

    async def poll(self, fault: Fault | None = None, after: float = POLL + 1) -> None:
        """Let time pass until the next poll is over; one without an answer gives up."""
        await plans_read(self.hass)
        if fault is None:
            await pass_time(self.hass, self.freezer, seconds=after)
            return
        hits = fault.hits
        self.freezer.tick(timedelta(seconds=after))
        async_fire_time_changed(self.hass)
        await until(lambda: fault.hits > hits)
        await settle()
        await pass_time(self.hass, self.freezer, seconds=31)

    def shown(self, entity_id: str) -> str:
        """Return a state."""
        return shown(self.hass, entity_id)

    def states(self) -> dict[str, str]:
        """Return what the first car's entities show; the clock alone moves one."""
        return {
            state.entity_id: state.state
            for state in self.hass.states.async_all()
            if "family_car" in state.entity_id and state.entity_id != NEXT_READY_TIME
        }

    @property
    def polls(self) -> int:
        """How often the list was asked for."""
        return self.simulator.count("GET", LIST)

    @property
    def log(self) -> list[str]:
        """What the integration told."""
        return logged(self.caplog)

    def _registered(self) -> list[Any]:
        return [
            *dr.async_get(self.hass).devices,
            *er.async_get(self.hass).entities.values(),
        ]

    async def check(self, keys_asked_for: int = 0) -> None:
        """See that nothing broke: no traceback, no task, nobody lost."""
        await plans_read(self.hass)
        check_quiet(self.caplog)
        assert self._registered() == self.registered
        flows = self.entry.async_get_active_flows(self.hass, {SOURCE_REAUTH})
        assert len(list(flows)) == keys_asked_for
        assert self.entry.state is ConfigEntryState.LOADED


def check_quiet(caplog: pytest.LogCaptureFixture) -> None:
    """See that nobody logged a traceback, and that no task of ours is left."""
    for record in caplog.records:
        # The test's own browser trips over a clock that stands still.
        if record.levelno >= logging.INFO and record.name != "aiohttp.access":
            assert record.exc_info is None, record.getMessage()
            assert "Traceback" not in record.getMessage()
            assert "Unexpected" not in record.getMessage()
    names = [task.get_name() for task in asyncio.all_tasks() if not task.done()]
    assert not [name for name in names if DOMAIN in name.lower()]


@pytest.fixture(autouse=True)
def enable_event_loop_debug() -> None:
    """Do without the loop's debugging: it takes nearly half of the time."""


@pytest.fixture
def full_car(simulator: Simulator) -> Car:
    """Add a car of which everything is known."""
    return add_full_car(simulator)


@pytest.fixture
async def home(
    hass: HomeAssistant,
    simulator: Simulator,
    start: Start,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    request: pytest.FixtureRequest,
) -> Home:
    """Start an account with two parked cars and let it poll once."""
    car: Car = request.getfixturevalue(getattr(request, "param", "car"))
    car.unplug()
    other = Car(id="car-2", name="Other", plugged_in=False, soc=40.0)
    simulator.add_car(USER_ID, other)
    home = Home(hass, simulator, freezer, caplog, await start(), car, other)
    await home.poll()
    caplog.clear()
    simulator.requests.clear()
    return home


with_a_full_car = pytest.mark.parametrize("home", ["full_car"], indirect=True)


@each_trouble("[]")
async def test_the_list(home: Home, trouble: Trouble) -> None:
    """It fails twice: old values show, settings work, one line tells it, one its end."""
    before = home.states()
    fault = trouble.begin(home.simulator, "GET", LIST)
    slow = fault if trouble.is_slow else None
    home.car.soc = 61.0
    await home.poll(slow)
    assert home.states() == before
    error = home.entry.runtime_data.last_exception
    assert isinstance(error, HomeAssistantError)
    assert error.translation_domain == DOMAIN
    assert error.translation_key == trouble.poll
    assert str(error).startswith("Hiven ")
    assert len(home.log) == 1
    assert str(error) in home.log[0]

    await set_number(home.hass, TARGET, 90)
    assert home.car.preferences is not None
    assert home.car.preferences["targetSoC"]["value"] == 90
    assert home.states() == {**before, TARGET: "90.0"}

    asked = home.polls
    await pass_time(home.hass, home.freezer, seconds=trouble.wait - 10)
    assert home.polls == asked
    await home.poll(slow, after=12)
    assert home.polls > asked
    assert home.states() == {**before, TARGET: "90.0"}
    assert len(home.log) == 1

    fault.stop()
    home.simulator.app_edit("car-1", {"readyTime": "05:15"})
    await home.poll(after=trouble.wait + 2)
    assert home.shown(STATE_OF_CHARGE) == "61.0"
    assert home.shown(READY_TIME) == "05:15:00"
    assert home.log[1:] == ["Fetching hiven data recovered"]
    await home.check(keys_asked_for=int(trouble.poll == "invalid_auth"))


@each_trouble()
async def test_the_status_of_a_car(home: Home, trouble: Trouble) -> None:
    """It fails twice: the other car and all settings go on as if nothing was."""
    before = home.states()
    fault = trouble.begin(home.simulator, "GET", STATUS_OF_ONE)
    slow = fault if trouble.is_slow else None
    home.car.soc, home.other.soc = 61.0, 41.0
    await home.poll(slow)
    assert home.states() == before
    assert home.shown(OTHER_STATE_OF_CHARGE) == "41.0"
    assert home.entry.runtime_data.last_update_success
    (line,) = home.log
    assert line.startswith(
        "Family car cannot be read: GET /v1/hiven/devices/:vehicleId/status: "
    )
    assert trouble.detail in line
    await set_number(home.hass, TARGET, 90)
    home.simulator.app_edit("car-1", {"readyTime": "05:15"})
    settings = {TARGET: "90.0", READY_TIME: "05:15:00"}

    # Of this car alone Hiven is not asked before it wants to be.
    asked = fault.hits
    home.other.soc = 42.0
    for _ in range(trouble.wait // POLL - 1):
        await home.poll()
        assert home.shown(OTHER_STATE_OF_CHARGE) == "42.0"
        assert home.shown(READY_TIME) == "05:15:00"
    assert fault.hits == asked
    home.other.soc = 43.0
    await home.poll(slow)
    assert fault.hits > asked
    assert home.shown(OTHER_STATE_OF_CHARGE) == "43.0"
    if trouble.wait < HALF_AN_HOUR:
        assert home.states() == {**before, **settings}
    else:
        assert home.shown(STATE_OF_CHARGE) == STATE_UNAVAILABLE
    assert len(home.log) == 1

    fault.stop()
    for _ in range(trouble.wait // POLL):
        await home.poll()
    assert home.shown(STATE_OF_CHARGE) == "61.0"
    assert home.log[1:] == ["Family car can be read again"]
    await home.check(keys_asked_for=int(trouble.poll == "invalid_auth"))


async def _told(home: Home, value: int, fault: Fault, trouble: Trouble) -> str | None:
    """Set the target and return what the caller is told."""
    call = asyncio.create_task(set_number(home.hass, TARGET, value))
    if trouble.is_slow:
        await until(lambda: fault.hits)
        home.freezer.tick(timedelta(seconds=31))
    await asyncio.wait([call])
    if (err := call.exception()) is None:
        return STORED
    assert isinstance(err, HomeAssistantError)
    assert err.translation_domain == DOMAIN
    assert str(err).startswith("Hiven ")
    return err.translation_key


@each_trouble()
async def test_a_write(home: Home, trouble: Trouble) -> None:
    """It fails where it reads, where it writes, and where it reads back."""
    before = home.states()
    fault = trouble.begin(home.simulator, "GET", PREFERENCES)
    assert await _told(home, 90, fault, trouble) == trouble.read
    fault.stop()
    assert home.simulator.count("PUT", "*") == 0
    assert home.states() == before

    fault = trouble.begin(home.simulator, "PUT", PREFERENCES)
    assert await _told(home, 91, fault, trouble) == trouble.put
    fault.stop()
    assert home.simulator.count("PUT", "*") == 1
    value = 91 if trouble.put is STORED else 80
    assert home.car.preferences is not None
    assert home.car.preferences["targetSoC"]["value"] == value
    assert home.states() == {**before, TARGET: f"{value}.0"}

    put = home.simulator.hold("PUT", PREFERENCES)
    call = asyncio.create_task(set_number(home.hass, TARGET, 92))
    await put.arrived()
    fault = trouble.begin(home.simulator, "GET", PREFERENCES)
    put.release()
    if trouble.is_slow:
        await until(lambda: fault.hits)
        home.freezer.tick(timedelta(seconds=31))
    await call
    fault.stop()
    assert home.shown(TARGET) == "92.0"

    await set_time(home.hass, READY_TIME, "05:15")
    assert home.states() == {**before, TARGET: "92.0", READY_TIME: "05:15:00"}
    assert home.log == []
    await home.check(keys_asked_for=int(trouble.read == "invalid_auth"))


async def _is_out(home: Home, mend: Callable[[], Awaitable[None]]) -> None:
    """Neither reading nor writing works, then both do again."""
    before = home.states()
    home.car.soc = 61.0
    for _ in range(2):
        await home.poll()
        with pytest.raises(HomeAssistantError, match="Hiven does not answer"):
            await set_number(home.hass, TARGET, 90)
        assert home.states() == before
        assert len(home.log) == 1
    assert home.entry.runtime_data.last_exception.translation_key == "cannot_connect"
    await mend()
    await home.poll()
    assert home.shown(STATE_OF_CHARGE) == "61.0"
    assert len(home.log) == 2
    await set_number(home.hass, TARGET, 90)
    assert home.shown(TARGET) == "90.0"
    await home.check()


async def test_nobody_listens(home: Home) -> None:
    """Connections are refused."""
    port = int(home.simulator.url.rpartition(":")[2])
    await home.simulator.stop()
    await _is_out(home, lambda: home.simulator.start(port))


@pytest.fixture
def resolver(disable_mock_zeroconf_resolver: None, mock_async_zeroconf: object) -> None:
    """Have names resolved as by a real Home Assistant."""


@pytest.fixture
def by_name(
    simulator: Simulator, resolver: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let Hiven have a name that has to be looked up."""
    url = simulator.url.replace("127.0.0.1", "localhost")
    monkeypatch.setenv(ENV_API_URL, url)


# Home Assistant may try ::1 first, where nobody listens.
@pytest.mark.filterwarnings("ignore:A test tried to use socket")
@pytest.mark.usefixtures("by_name")
async def test_nobody_knows_the_name(home: Home) -> None:
    """The look-up of names fails."""
    connector = async_get_clientsession(home.hass).connector
    assert isinstance(connector, aiohttp.TCPConnector)
    connector.clear_dns_cache()
    looked_up = []

    async def fail(host: str, *_: object, **__: object) -> None:
        looked_up.append(host)
        raise OSError("no such name")

    async def mend() -> None:
        patch.undo()

    patch = pytest.MonkeyPatch()
    patch.setattr(connector._resolver, "resolve", fail)  # noqa: SLF001
    await _is_out(home, mend)
    assert set(looked_up) == {"localhost"}


@pytest.fixture
async def by_tls(
    hass: HomeAssistant,
    simulator: Simulator,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> ssl.SSLContext:
    """Let Hiven be reached by TLS, with a certificate Home Assistant trusts."""
    await simulator.stop()
    context = server_context(tmp_path, datetime(2100, 1, 1, tzinfo=UTC))
    trust = ssl.create_default_context(cafile=str(tmp_path / "own.pem"))
    connector = async_get_clientsession(hass).connector
    monkeypatch.setattr(connector, "_ssl", trust)
    await simulator.start(tls=context)
    monkeypatch.setenv(ENV_API_URL, simulator.url)
    return context


async def test_the_certificate_has_expired(
    by_tls: ssl.SSLContext, home: Home, tmp_path: Path
) -> None:
    """Hiven may be anybody now: nothing is sent to it."""

    async def listen(context: ssl.SSLContext) -> None:
        await home.simulator.stop()
        await home.simulator.start(port, tls=context)

    port = int(home.simulator.url.rpartition(":")[2])
    await listen(server_context(tmp_path, datetime(2021, 1, 1, tzinfo=UTC)))
    home.simulator.requests.clear()

    async def mend() -> None:
        assert home.simulator.requests == []
        await listen(by_tls)

    await _is_out(home, mend)


# How the account is kept from starting: an address, or an answer to the list.
NO_SUCH_HOST = f"https://{'x' * 64}.invalid"


@pytest.mark.parametrize(
    ("url", "trouble", "told"),
    [
        pytest.param(NO_SUCH_HOST, None, "does not answer", id="no such host"),
        pytest.param("https:", None, "does not answer", id="no TLS"),
        pytest.param("http://127.0.0.1:9", None, "does not answer", id="refused"),
        pytest.param(None, "reset midway", "does not answer", id="reset midway"),
        pytest.param(None, "no answer", "does not answer", id="no answer"),
        pytest.param(None, "503", "does not answer", id="503"),
        pytest.param(None, "404", "does not understand", id="404"),
        pytest.param(None, "a page", "does not understand", id="a page"),
        pytest.param(None, "half", "does not understand", id="half"),
        pytest.param(None, "{}", "does not understand", id="{}"),
        pytest.param(None, "null", "does not understand", id="null"),
    ],
)
async def test_down_at_start(
    hass: HomeAssistant,
    simulator: Simulator,
    car: Car,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    resolver: None,
    url: str | None,
    trouble: str | None,
    told: str,
) -> None:
    """The account says why it does not start, and comes up without being asked."""
    fault = TROUBLE[trouble].begin(simulator, "GET", LIST) if trouble else None
    if url is not None:
        url = simulator.url.replace("http:", url) if url == "https:" else url
        monkeypatch.setenv(ENV_API_URL, url)
    starting = asyncio.create_task(hass.config_entries.async_setup(entry.entry_id))
    if fault is not None and trouble == "no answer":
        await until(lambda: fault.hits)
        freezer.tick(timedelta(seconds=31))
    await starting
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert told in (entry.reason or "")

    if fault is not None:
        fault.stop()
    monkeypatch.setenv(ENV_API_URL, simulator.url)
    # Newer releases of Home Assistant wait as long as Hiven asks.
    await pass_time(hass, freezer, minutes=21)
    assert is_running(entry)
    assert shown(hass, STATE_OF_CHARGE) == "50.0"
    assert reauth_flows(hass, entry) == 0
    assert logged(caplog) == []
    check_quiet(caplog)


# Fields.

type Way = tuple[str | int, ...]


def ways(answer: Any, way: Way = ()) -> Iterator[Way]:
    """Yield the way to every field of an answer, to objects and lists as well."""
    if way:
        yield way
    match answer:
        case dict():
            steps: list[tuple[str | int, Any]] = list(answer.items())
        case list():
            steps = list(enumerate(answer))
        case _:
            return
    for step, value in steps:
        yield from ways(value, (*way, step))


def spoiled(answer: Any, way: Way) -> Any:
    """Return a copy with something wrong at the end of the way."""
    answer = deepcopy(answer)
    *before, last = way
    place = answer
    for step in before:
        place = place[step]
    match place[last]:
        case bool() | None:
            place[last] = []
        case int() | float():
            place[last] = float("nan")
        case _:
            place[last] = True
    return answer


async def answer_of(simulator: Simulator, path: str) -> Any:
    """Return what the simulator answers as a rule."""
    headers = {"X-Api-Key": API_KEY, "X-User-Id": USER_ID}
    async with (
        aiohttp.ClientSession(simulator.url, headers=headers) as session,
        session.get(path, params={"userId": USER_ID}) as response,
    ):
        return await response.json()


@with_a_full_car
@pytest.mark.parametrize(
    ("path", "fields"),
    [(LIST, 46), (f"/v1/hiven/devices/{FULL_ID}/status", 5)],
    ids=["list", "status"],
)
async def test_wrong_types(
    home: Home, path: str, fields: int, subtests: pytest.Subtests
) -> None:
    """Every field of a row and of a status: it is told, and hurts one car only."""
    answer = await answer_of(home.simulator, path)
    bad = list(ways(answer[0] if path == LIST else answer))[1:]  # not the id
    assert len(bad) == fields
    for number, way in enumerate(bad):
        with subtests.test(way=way):
            before = home.states()
            wrong = (
                [spoiled(answer[0], way), *answer[1:]]
                if path == LIST
                else spoiled(answer, way)
            )
            fault = home.simulator.fail("GET", path, body=wrong)
            home.other.soc = number
            await home.poll()
            fault.stop()
            assert home.states() == before
            assert home.shown(OTHER_STATE_OF_CHARGE) == f"{number}.0"
            # Without its id it is still known, and its own details can be read.
            assert len(home.log) == (0 if path == LIST and way == ("id",) else 1)
            assert all(str(way[0]) in line for line in home.log)
            await home.poll()
            assert home.log[1:] in ([], ["Family car can be read again"])
            await home.check()
            home.caplog.clear()


@with_a_full_car
async def test_wrong_types_in_preferences(
    home: Home, subtests: pytest.Subtests
) -> None:
    """Every field: nothing is written on top of what nobody understands."""
    path = f"/v2/hiven/devices/{FULL_ID}/smart-charging/ev-preferences"
    before = home.states()
    answer = await answer_of(home.simulator, path)
    bad = list(ways(answer))
    assert len(bad) == 15
    for way in bad:
        with subtests.test(way=way):
            fault = home.simulator.fail("GET", path, body=spoiled(answer, way))
            with pytest.raises(HomeAssistantError, match="does not understand") as err:
                await set_number(home.hass, TARGET, 90)
            fault.stop()
            assert str(way[0]) in str(err.value)
            assert home.states() == before
    assert home.simulator.count("PUT", "*") == 0
    assert home.log == []
    await home.check()


async def test_wrong_types_are_not_fresh(home: Home) -> None:
    """What stood there before ages like that of a car that does not answer."""
    home.car.status_override = {"range": "far"}
    home.car.soc = 61.0
    for _ in range(5):
        await home.poll()
        assert home.shown(STATE_OF_CHARGE) == "50.0"
    for _ in range(2):
        await home.poll()
    assert home.shown(STATE_OF_CHARGE) == STATE_UNAVAILABLE
    assert home.shown(BEHAVIOR) == "smart_charge_anywhere"
    assert home.shown(OTHER_STATE_OF_CHARGE) == "40.0"
    await home.check()


@pytest.mark.parametrize("row", [{}, [], None, "text", 42, {"id": {}}, {"id": ""}])
async def test_rows_that_say_nothing(home: Home, row: Any) -> None:
    """A car that is hidden by one is asked for by its id."""
    home.simulator.fail("GET", LIST, body=[row, row])
    home.car.soc, home.other.soc = 61.0, 41.0
    await home.poll()
    assert home.shown(STATE_OF_CHARGE) == "61.0"
    assert home.shown(OTHER_STATE_OF_CHARGE) == "41.0"
    assert home.shown(TARGET) == "80.0"
    assert home.log == []
    await home.check()


async def test_two_rows_of_one_car(home: Home) -> None:
    """The first counts, the car is there once."""
    answer = await answer_of(home.simulator, LIST)
    again = deepcopy(answer[0])
    again["settings"]["chargingPreferences"]["targetSoC"]["value"] = 20
    home.simulator.fail("GET", LIST, body=[*answer, again])
    await home.poll()
    assert home.shown(TARGET) == "80.0"
    assert home.log == []
    await home.check()


async def test_values_nobody_knows_keep_the_rest(home: Home) -> None:
    """A new status, behavior, unit and day: one line each, no other value is lost."""
    home.car.status_override = {"chargingStatus": "RESTING"}
    home.simulator.app_edit(
        "car-1",
        {
            "minimalSoC": {"value": 3, "unit": "MILES"},
            "weekDaySpecificReadyTimes": {"HOLIDAY": "10:00"},
        },
    )
    for _ in range(2):
        await home.poll()
        assert len(home.log) == 3
    assert home.shown("sensor.family_car_charging_status") == STATE_UNKNOWN
    assert home.shown("number.family_car_minimum_state_of_charge") == STATE_UNKNOWN
    assert home.shown(STATE_OF_CHARGE) == "50.0"
    assert home.shown(TARGET) == "80.0"
    await home.check()


async def test_a_command_is_sent_once(home: Home) -> None:
    """A kept connection that drops with it is no reason to send it again."""
    await set_number(home.hass, TARGET, 85)
    home.simulator.requests.clear()
    home.simulator.fail("PUT", PREFERENCES, kind="reset", times=1)
    with pytest.raises(HomeAssistantError) as raised:
        await set_number(home.hass, TARGET, 90)
    assert raised.value.translation_key == "cannot_connect"
    assert home.simulator.count("PUT", "*") == 1
    assert home.shown(TARGET) == "85.0"


async def test_a_thousand_cars(
    hass: HomeAssistant, simulator: Simulator, entry: MockConfigEntry
) -> None:
    """All are read by one poll, and a poll without news costs little."""
    for number in range(1000):
        simulator.add_car(
            USER_ID, Car(id=f"car-{number}", name=f"Car {number}", plugged_in=False)
        )
    simulator.recording = False
    coordinator = HivenCoordinator(
        hass, entry, async_get_client(hass, USER_ID, API_KEY)
    )
    begin = process_time()
    await coordinator.async_refresh()
    assert coordinator.last_update_success
    assert len(coordinator.data) == 1000
    assert all(vehicle.status for vehicle in coordinator.data.values())
    assert len(list(dr.async_get(hass).devices)) == 1000
    assert process_time() - begin < 30
    await coordinator.async_shutdown()
