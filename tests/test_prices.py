"""Prices of a price integration: when they are read, and where they are shown."""

from datetime import time, timedelta
from itertools import pairwise
import logging

from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from . import Json
from .actions import SCHEDULE
from .dialog import Dialog
from .home import HELSINKI, NOON, Home
from .market import HOUR, Market
from .plans import hours, plan

PRICE = "sensor.family_car_planned_charging_price"
DAYS = ["2026-03-15", "2026-03-16", "2026-03-17", "2026-03-18"]


@pytest.fixture
async def home(home: Home) -> Home:
    """Return a home in Finland whose car is planned to charge after midnight UTC."""
    await home.hass.config.async_set_time_zone(HELSINKI)
    body = plan(hours(d0=1, d1=0.5), timeZone=HELSINKI)
    home.simulator.fail("GET", SCHEDULE, body=body)
    return home


@pytest.fixture
def market(home: Home) -> Market:
    return Market(home)


async def plan_of(home: Home) -> Json:
    device_id = home.device().id
    answer = await home.ask("hiven.get_charging_plan", device_id=device_id)
    return dict(answer[device_id])


def rows(answer: Json, *begins: str) -> list[tuple[float, float | None]]:
    """Return the share and the price of the rows that start at these times in March."""
    found = {row["start"]: row for row in answer["hours"]}
    starts = [found[f"2026-03-{at}:00+02:00"] for at in begins]
    return [(row["fraction"], row.get("price")) for row in starts]


async def test_prices(home: Home, market: Market) -> None:
    await market.set_up()
    await home.start()
    assert float(home.shown(PRICE)) == pytest.approx((0.020 + 0.030 / 2) / 1.5)
    answer = await plan_of(home)
    assert answer["currency"] == "SEK"
    # Tomorrow's prices end at midnight of the market, an hour later.
    begins = [row["start"] for row in answer["hours"]]
    assert begins[0] == "2026-03-16T00:00:00+02:00"
    assert begins[-1] == "2026-03-18T00:00:00+02:00"
    assert len(begins) == 49
    night = ("16T00:00", "17T01:00", "17T02:00", "17T03:00", "17T04:00")
    expected = [(0, 0.24), (0, 0.25), (1, 0.02), (0.5, 0.03), (0, 0.04)]
    assert rows(answer, *night) == expected
    asked = home.simulator.count("GET", SCHEDULE)
    await home.pass_time(seconds=11)
    # The action answers from what is known.
    await plan_of(home)
    assert home.simulator.count("GET", SCHEDULE) == asked
    assert await async_setup_component(home.hass, "homeassistant", {})
    await home.act("homeassistant.update_entity", entity_id=[PRICE])
    assert home.simulator.count("GET", SCHEDULE) == asked + 1


@pytest.mark.parametrize("areas", [("FI", "EE"), ("EE",)])
async def test_a_car_without_a_plan(
    home: Home, market: Market, dialog: Dialog, areas: tuple[str, ...]
) -> None:
    """It uses the area of its last plan, or else the only area."""
    home.simulator.fail("GET", SCHEDULE, status=404)
    market.areas = areas
    await market.set_up()
    # An area of another source does not count.
    options = {"price_area": "Cabin"}
    home.hass.config_entries.async_update_entry(home.entry, options=options)
    await home.start()
    found = {area for call in market.calls for area in call["areas"]}
    assert found == ({"EE"} if areas == ("EE",) else set())
    assert len((await plan_of(home))["hours"]) == (49 if found else 0)
    offered = [] if found else ["FI", "EE"]
    assert await choose(dialog, home, "automatic") == offered
    planned = home.simulator.fail("GET", SCHEDULE, body=plan(hours(d0=1)))
    await home.pass_time(minutes=16)
    planned.stop()
    await home.pass_time(minutes=16)
    assert home.shown(PRICE) == "unknown"
    assert market.calls[-1]["areas"] == ["FI"]
    answer = await plan_of(home)
    assert len(answer["hours"]) == 49
    assert not any(row["fraction"] for row in answer["hours"])


async def test_each_day_is_asked_for_once(home: Home, market: Market) -> None:
    """Prices of tomorrow are requested from 13:00 on until they are there."""
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
async def test_clocks_change(home: Home, market: Market, day: str, length: int) -> None:
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
    charges = {"2026-03-17T00:15:00Z": 1.0}
    home.simulator.fail("GET", SCHEDULE, body=plan(charges, timeZone=HELSINKI))
    market.length = timedelta(minutes=15)
    await market.set_up()
    await home.start()
    assert float(home.shown(PRICE)) == pytest.approx(0.050)
    answer = await plan_of(home)
    begins = ("17T02:00", "17T02:15", "17T03:00")
    assert rows(answer, *begins) == [(0, 0.02), (1, 0.05), (0, 0.0525)]


async def test_a_part_is_missing(home: Home, market: Market) -> None:
    midnight = NOON + 12 * HOUR
    market.missing = (midnight, midnight + 2 * HOUR)
    await market.set_up()
    await home.start()
    assert home.shown(PRICE) == "unknown"
    answer = await plan_of(home)
    begins = ("17T02:00", "17T03:00", "17T05:00")
    assert rows(answer, *begins) == [(1, None), (0.5, 0.03), (0, 0.05)]
    assert "2026-03-17T04:00:00+02:00" not in {row["start"] for row in answer["hours"]}


@pytest.mark.parametrize(
    "error", [HomeAssistantError("down"), KeyError("FI"), TimeoutError(), TypeError()]
)
async def test_a_source_fails(home: Home, market: Market, error: Exception) -> None:
    market.error = error
    await market.set_up()
    home.caplog.set_level(logging.DEBUG, "custom_components.hiven")
    # Nothing else may update the sensor.
    home.simulator.pause()
    await home.start()
    await home.pass_time(minutes=20)
    assert market.days == DAYS[:3]
    assert home.shown(PRICE) == "unknown"
    assert (await plan_of(home))["hours"][0]["fraction"] == 1
    assert not home.log
    assert "Market has no prices for 2026-03-16" in home.caplog.text
    assert not ir.async_get(home.hass).issues
    market.error = None
    await home.pass_time(minutes=11)
    assert float(home.shown(PRICE)) == pytest.approx(0.0233, abs=0.0001)


async def test_a_source_that_hangs(home: Home, market: Market) -> None:
    """Each day is given up after a minute."""
    await market.set_up()
    market.hangs = True
    await home.hass.config_entries.async_setup(home.entry.entry_id)
    await home.plans_read()
    for seconds, asked in ((0, 1), (59, 1), (1, 2)):
        home.freezer.tick(seconds)
        await home.settle()
        assert len(market.calls) == asked


async def test_a_source_comes_and_goes(home: Home, market: Market) -> None:
    registry = er.async_get(home.hass)
    await home.start()
    for _ in range(2):
        assert registry.async_get(PRICE) is None
        assert home.hass.states.get(PRICE) is None
        answer = await plan_of(home)
        assert "currency" not in answer
        keys = [set(row) for row in answer["hours"]]
        assert keys == [{"start", "end", "fraction"}] * 2
        assert not home.log
        assert not ir.async_get(home.hass).issues
        await market.set_up()
        assert float(home.shown(PRICE)) > 0
        await market.remove()


async def choose(
    dialog: Dialog, home: Home, source: str, area: str | None = None
) -> list[str]:
    """Choose a source and an area in the options. Return the offered areas, if any."""
    await dialog.open_options(home.entry, "prices")
    known = [*home.hass.config_entries.async_entries()]
    ids = {each.entry_id for each in known if each.title == "Market"}
    assert set(dialog.options["price_source"]) == {"automatic", "none", *ids}
    stored = home.entry.options.get("price_source")
    by_default = stored if stored in ids | {"none"} else "automatic"
    assert dialog.filled_in == {"price_source": by_default}
    await dialog.submit(price_source=source)
    is_asked = dialog.result["type"] is FlowResultType.FORM
    offered = dialog.options["price_area"] if is_asked else []
    if offered:
        stored = home.entry.options.get("price_area")
        by_default = stored if stored in offered else offered[0]
        assert dialog.filled_in == {"price_area": by_default}
    if area:
        await dialog.submit(price_area=area)
    await home.hass.async_block_till_done(wait_background_tasks=True)
    return offered


async def test_options(home: Home, market: Market, dialog: Dialog) -> None:
    home.hass.config_entries.async_update_entry(home.entry, options={"other": 1})
    body = plan(hours(d0=1), spotPriceAreaId="X1", timeZone=HELSINKI)
    home.simulator.fail("GET", SCHEDULE, body=body)
    await market.set_up()
    await home.start()
    assert (home.shown(PRICE), market.calls) == ("unknown", [])
    assert await choose(dialog, home, "automatic", "EE") == ["FI", "EE"]
    chosen = {"other": 1, "price_source": "automatic", "price_area": "EE"}
    assert home.entry.options == chosen
    assert home.shown(PRICE) == "0.02"
    assert {area for call in market.calls for area in call["areas"]} == {"EE"}

    await choose(dialog, home, "automatic")
    assert await choose(dialog, home, "none") == []
    assert home.entry.options == {**chosen, "price_source": "none"}
    assert er.async_get(home.hass).async_get(PRICE) is None


async def test_a_known_area(home: Home, market: Market, dialog: Dialog) -> None:
    other = Market(home, "tibber")
    await other.set_up()
    await market.set_up()
    by_user = ConfigEntryDisabler.USER
    MockConfigEntry(domain="tibber", disabled_by=by_user).add_to_hass(home.hass)
    await home.start()
    assert not other.calls
    assert await choose(dialog, home, other.entry.entry_id) == ["Town", "Cabin"]
    other.calls.clear()
    assert await choose(dialog, home, market.entry.entry_id) == []
    assert home.entry.options == {"price_source": market.entry.entry_id}
    assert float(home.shown(PRICE)) == pytest.approx(0.0233, abs=0.0001)
    await market.remove()
    assert other.calls


@pytest.mark.parametrize(("place", "extra"), [("Town", 0), ("Cabin", 1)])
async def test_tibber(home: Home, dialog: Dialog, place: str, extra: int) -> None:
    """The prices are per kWh. The first of several homes is used by default."""
    tibber = Market(home, "tibber")
    tibber.missing = (NOON + 16 * HOUR,)
    await tibber.set_up()
    er.async_get(home.hass).async_get_or_create(
        *("sensor", "tibber", "price"), config_entry=tibber.entry,
        unit_of_measurement="NOK/kWh",
    )  # fmt: skip
    await home.start()
    assert home.state(PRICE).attributes["unit_of_measurement"] == "NOK/kWh"
    assert len(tibber.calls) == 3
    assert float(home.shown(PRICE)) == pytest.approx(0.0233, abs=0.0001)
    assert await choose(dialog, home, "automatic", place) == ["Town", "Cabin"]
    assert float(home.shown(PRICE)) == pytest.approx(0.0233 + extra, abs=0.0001)
    answer = await plan_of(home)
    assert answer["currency"] == "NOK"
    begins = [row["start"] for row in answer["hours"]]
    assert ("2026-03-17T06:00:00+02:00" in begins, len(begins)) == (False, 48)
