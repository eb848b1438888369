"""Prices of a price integration: when they are asked for, and where they show."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from homeassistant.config_entries import ConfigEntry, ConfigFlow
from homeassistant.core import ServiceCall, SupportsResponse
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import (
    config_validation as cv,
    entity_registry as er,
    issue_registry as ir,
)
from homeassistant.helpers.selector import ConfigEntrySelector
import probatio
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    mock_config_flow,
    mock_integration,
    mock_platform,
)
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from syrupy.assertion import SnapshotAssertion
from syrupy.filters import props

from .actions import SCHEDULE
from .dialog import Dialog
from .home import HELSINKI, NOON, Home
from .plans import hours, plan

pytest_plugins = "tests.flow_fixtures"

PRICE = "sensor.family_car_planned_charging_price"
MARKET = ZoneInfo("Europe/Brussels")
HOUR = timedelta(hours=1)
QUARTER = timedelta(minutes=15)
DAYS = ["2026-03-15", "2026-03-16", "2026-03-17", "2026-03-18"]


@dataclass
class Market:
    """A price integration with the schema and the answers of the real one.

    A MWh costs 20 at midnight UTC, 10 more each hour, and 1 more each minute of it.
    """

    home: Home
    domain: str = "nordpool"
    length: timedelta = HOUR
    error: Exception | None = None
    missing: tuple[datetime, ...] = ()
    published_at: time = time(12, 45)
    calls: list[dict[str, Any]] = field(default_factory=list)
    entry: ConfigEntry[Any] = field(init=False)

    async def set_up(self) -> None:
        """Set the integration up."""
        hass, is_nordpool = self.home.hass, self.domain == "nordpool"

        async def yes(*_args: Any) -> bool:
            return True

        module = MockModule(self.domain, async_setup_entry=yes, async_unload_entry=yes)
        mock_integration(hass, module)
        mock_platform(hass, f"{self.domain}.config_flow")
        schema = {
            probatio.Required("config_entry"): ConfigEntrySelector(
                {"integration": "nordpool"}
            ),
            probatio.Required("date"): cv.date,
            probatio.Required("areas"): [probatio.In(["FI", "EE"])],
        }
        of_tibber = {probatio.Optional("start"): str, probatio.Optional("end"): str}
        hass.services.async_register(
            self.domain,
            "get_prices_for_date" if is_nordpool else "get_prices",
            self._nordpool if is_nordpool else self._tibber,
            schema=probatio.Schema(schema if is_nordpool else of_tibber),
            supports_response=SupportsResponse.ONLY,
        )
        data = {"areas": ["FI", "EE"], "currency": "SEK"} if is_nordpool else {}
        self.entry = MockConfigEntry(domain=self.domain, title="Market", data=data)
        with mock_config_flow(self.domain, ConfigFlow):
            await hass.config_entries.async_add(self.entry)
        await hass.async_block_till_done(wait_background_tasks=True)

    async def remove(self) -> None:
        """Delete the integration's entry."""
        await self.home.hass.config_entries.async_remove(self.entry.entry_id)
        await self.home.hass.async_block_till_done(wait_background_tasks=True)

    @property
    def days(self) -> list[str]:
        """The days that were asked for."""
        return [str(call["date"]) for call in self.calls]

    def _prices(self, start: datetime, end: datetime) -> dict[datetime, int]:
        now = self.home.freezer().replace(tzinfo=UTC).astimezone(MARKET)
        out = now.date() + timedelta(days=now.time() >= self.published_at)
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        starts = (start + self.length * n for n in range((end - start) // self.length))
        return {
            at: 20 + at.hour * 10 + at.minute
            for at in starts
            if at.astimezone(MARKET).date() <= out and at not in self.missing
        }

    async def _nordpool(self, call: ServiceCall) -> dict[str, Any]:
        self.calls.append(dict(call.data))
        if self.error:
            raise self.error
        start = datetime.combine(call.data["date"], time(), MARKET)
        end = datetime.combine(call.data["date"] + timedelta(days=1), time(), MARKET)
        rows = [
            {
                "start": at.isoformat(),
                "end": (at + self.length).isoformat(),
                "price": price,
            }
            for at, price in self._prices(start, end).items()
        ]
        return dict.fromkeys(call.data["areas"], rows)

    async def _tibber(self, call: ServiceCall) -> dict[str, Any]:
        self.calls.append(dict(call.data))
        start, end = (datetime.fromisoformat(call.data[x]) for x in ("start", "end"))
        found = self._prices(start, end).items()
        return {
            "prices": {
                home: [
                    {"start_time": at.isoformat(), "price": price / 1000 + extra}
                    for at, price in found
                ]
                for home, extra in (("Town", 0), ("Cabin", 1))
            }
        }


@pytest.fixture
async def home(home: Home) -> Home:
    """Return a home in Finland whose car charges by plan after midnight UTC."""
    await home.hass.config.async_set_time_zone(HELSINKI)
    home.simulator.fail("GET", SCHEDULE, body=plan(hours(d0=1, d1=0.5), timeZone=HELSINKI))
    return home


@pytest.fixture
def market(home: Home) -> Market:
    """Return Nord Pool, not set up yet."""
    return Market(home)


async def plan_of(home: Home) -> dict[str, Any]:
    """Return what the action answers."""
    device_id = home.device().id
    answer = await home.ask("hiven.get_charging_plan", device_id=device_id)
    return dict(answer[device_id])


def rows(answer: dict[str, Any], *begins: str) -> list[tuple[float, float | None]]:
    """Return share and price of the rows that begin at some times."""
    found = {row["start"]: row for row in answer["hours"]}
    return [(found[at]["fraction"], found[at].get("price")) for at in begins]


async def test_prices(home: Home, market: Market, snapshot: SnapshotAssertion) -> None:
    """Every hour from midnight on has one; the sensor weighs them by their shares."""
    await market.set_up()
    await home.start()
    assert float(home.shown(PRICE)) == pytest.approx((0.020 + 0.030 / 2) / 1.5)
    answer = await plan_of(home)
    assert answer["currency"] == "SEK"
    # Tomorrow's prices reach to midnight of the market: an hour longer.
    begins = [row["start"] for row in answer["hours"]]
    assert (begins[0], begins[-1], len(begins)) == (
        "2026-03-16T00:00:00+02:00",
        "2026-03-18T00:00:00+02:00",
        49,
    )
    night = [f"2026-03-17T0{hour}:00:00+02:00" for hour in (1, 2, 3, 4)]
    assert rows(answer, begins[0], *night) == [
        *((0, 0.24), (0, 0.25), (1, 0.02), (0.5, 0.03), (0, 0.04))
    ]
    as_always = snapshot.with_defaults(
        extension_class=HomeAssistantSnapshotExtension, exclude=props("compat_name")
    )
    assert er.async_get(home.hass).async_get(PRICE) == as_always
    assert home.state(PRICE) == as_always


async def test_each_day_is_asked_for_once(home: Home, market: Market) -> None:
    """However many cars, polls and cards; from 13:00 until tomorrow's are there."""
    home.add_car(preferences={"defaultSpotPriceAreaId": "FI"})
    market.published_at = time(14, 10)
    await market.set_up()
    home.freezer.move_to(NOON - HOUR)
    await home.start()
    assert market.days == DAYS[:2]
    assert home.shown(PRICE) == "unknown"
    for minutes, expected in ((59, 0), (31, 1), (30, 2), (30, 3), (30, 3), (600, 3)):
        await home.pass_time(minutes=minutes)
        await plan_of(home)
        assert market.days[2:] == DAYS[2:3] * expected, minutes
    assert {(*call["areas"], call["config_entry"]) for call in market.calls} == {
        ("FI", market.entry.entry_id)
    }


@pytest.mark.parametrize(("day", "length"), [("2026-03-29", 23), ("2026-10-25", 25)])
async def test_the_clocks_change(
    home: Home, market: Market, day: str, length: int
) -> None:
    """A day has as many rows as hours; none is missing, none is there twice."""
    home.freezer.move_to(f"{day}T12:30:00Z")
    await market.set_up()
    await home.start()
    answer = (await plan_of(home))["hours"][-length - 26 :]
    of_day = [row for row in answer if row["start"].startswith(day)]
    assert len({row["start"] for row in of_day}) == len(of_day) == length
    for one, other in pairwise(of_day):
        assert one["end"] == other["start"]
        assert other["price"]


async def test_quarter_hours(home: Home, market: Market) -> None:
    """An hour costs their average; what a plan leaves of an hour has its own row."""
    charges = {"2026-03-17T00:15:00Z": 1.0}
    home.simulator.fail("GET", SCHEDULE, body=plan(charges, timeZone=HELSINKI))
    market.length = QUARTER
    await market.set_up()
    await home.start()
    assert float(home.shown(PRICE)) == pytest.approx(0.050)
    answer = await plan_of(home)
    begins = [f"2026-03-17T{at}:00+02:00" for at in ("02:00", "02:15", "03:00")]
    assert rows(answer, *begins) == [(0, 0.02), (1, 0.05), (0, 0.0525)]


async def test_a_part_is_missing(home: Home, market: Market) -> None:
    """What is known shows; an average of a part is none."""
    midnight = NOON + 12 * HOUR
    market.missing = (midnight, midnight + 2 * HOUR)
    await market.set_up()
    await home.start()
    assert home.shown(PRICE) == "unknown"
    answer = await plan_of(home)
    begins = [f"2026-03-17T0{hour}:00:00+02:00" for hour in (2, 3, 5)]
    assert rows(answer, *begins) == [(1, None), (0.5, 0.03), (0, 0.05)]
    assert "2026-03-17T04:00:00+02:00" not in {row["start"] for row in answer["hours"]}


@pytest.mark.parametrize(
    "error", [HomeAssistantError("down"), KeyError("FI"), TimeoutError(), TypeError()]
)
async def test_a_source_fails(home: Home, market: Market, error: Exception) -> None:
    """Nobody is bothered; it is asked again half an hour later."""
    market.error = error
    await market.set_up()
    await home.start()
    await home.pass_time(minutes=20)
    assert market.days == DAYS[:3]
    assert home.shown(PRICE) == "unknown"
    assert (await plan_of(home))["hours"][0]["fraction"] == 1
    assert not home.log
    assert not ir.async_get(home.hass).issues
    market.error = None
    await home.pass_time(minutes=11)
    assert float(home.shown(PRICE)) == pytest.approx(0.0233, abs=0.0001)


async def test_a_source_comes_and_goes(home: Home, market: Market) -> None:
    """Without one nothing is there, and nothing is left."""
    registry = er.async_get(home.hass)
    await home.start()
    for _ in range(2):
        assert registry.async_get(PRICE) is None
        assert home.hass.states.get(PRICE) is None
        answer = await plan_of(home)
        assert "currency" not in answer
        assert [row.keys() for row in answer["hours"]] == [
            {"start", "end", "fraction"}
        ] * 2
        assert not home.log
        assert not ir.async_get(home.hass).issues
        await market.set_up()
        assert float(home.shown(PRICE)) > 0
        await market.remove()
