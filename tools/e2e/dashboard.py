"""The dashboard: adding it, its texts in every language, and changing settings."""

from collections.abc import Mapping
from dataclasses import replace
import re

from playwright.async_api import Locator, expect

from tools.demo.errors import DemoError
from tools.demo.flow import add_prices
from tools.demo.registry import entities_of
from tools.demo.waiting import wait_until_right

from .account import ANOTHER_CAR
from .person import PATIENCE, Person
from .set_up import CAR

_WEEK = "weekDaySpecificReadyTimes"
_RENAMED = "Matka 1"
_RESOURCE = "/hiven_frontend/"
_DASHBOARDS = "ui.panel.config.lovelace.dashboards"


async def add(person: Person) -> Person:
    """Add it as people do; return the person in front of it, in a tab of its own."""
    await _rename(person)
    page = await person.page.context.new_page()
    await page.goto(f"{person.house.home.url}/config/lovelace/dashboards")
    board = replace(person, page=page)
    add_dashboard = await board.named(f"{_DASHBOARDS}.picker.add_dashboard")
    await page.get_by_role("button", name=_any_case(add_dashboard)).click()
    dialog = page.locator("ha-dialog-new-dashboard")
    await board.see(dialog)
    name = board.texts["dashboard.strategy_name"]
    await dialog.get_by_role("button", name=name, exact=True).click()
    create = await board.named(f"{_DASHBOARDS}.detail.create")
    await page.get_by_role("button", name=_any_case(create)).click()
    title = board.texts["dashboard.dashboard_title"]
    await page.locator("ha-sidebar").get_by_text(title, exact=True).click()
    await _see_car(board, CAR)
    tiles = _view(board).locator("hui-tile-card")
    await expect(tiles.get_by_text(_RENAMED, exact=True)).to_be_visible()
    return board


async def see_another_car(board: Person) -> None:
    """See the car that was connected meanwhile; one car alone has no tab."""
    await board.page.bring_to_front()
    await board.page.get_by_role("tab", name=ANOTHER_CAR, exact=True).click()
    await _see_car(board, ANOTHER_CAR)
    await board.see(_view(board), "dashboard.with_ready")


async def change_days(board: Person) -> None:
    """Set days and clear one; Hiven must store them."""
    await board.page.bring_to_front()
    await _set_time(board, "monday", "6", "45")
    await _set_time(board, "friday", "6", "45")
    await _stored(board, {"MONDAY": "06:45", "FRIDAY": "06:45"})
    monday = _row(board, "monday")
    await expect(monday).to_contain_text("45")
    await monday.locator("button.clear").click()
    await _stored(board, {"FRIDAY": "06:45"})
    await expect(monday.locator("button.clear")).to_have_count(0)
    await expect(monday).not_to_contain_text("45")


async def be_refused(board: Person) -> None:
    """Set a day while Hiven is down: the card says why, and shows the stored value."""
    row, alert = _row(board, "friday"), _view(board).locator("ha-alert")
    await board.house.cloud.set_down(down=True)
    await _set_time(board, "friday", "5", "15")
    await expect(alert).to_be_visible()
    await expect(alert).to_contain_text(
        board.texts["exceptions.cannot_connect.message"]
    )
    await board.see(alert)
    await expect(row).to_contain_text("45")
    await board.house.cloud.set_down(down=False)
    await _set_time(board, "friday", "5", "15")
    await _stored(board, {"FRIDAY": "05:15"})
    await expect(alert).to_have_count(0)


async def see_prices(board: Person) -> None:
    """See prices come and go with their source."""
    home, price = board.house.home, _pattern(board, "dashboard.price_range")
    prices = _view(board).get_by_text(price)
    await expect(prices).to_have_count(0)
    source = await add_prices(home)
    await expect(prices).to_be_visible()
    await board.see(_view(board))
    await home.delete(f"/api/config/config_entries/entry/{source}")
    await expect(prices).to_have_count(0)
    await _see_car(board, ANOTHER_CAR)


async def see_no_car(board: Person) -> None:
    """Come back when all cars are gone: the dashboard says what to do."""
    await board.page.bring_to_front()
    await board.page.reload()
    view = _view(board)
    await board.see(view, *(f"dashboard.{key}" for key in ("no_cars_title", "no_cars")))
    if len(resources := await _resources(board)) != 1:
        raise DemoError(f"the resources are {resources}")


async def see_no_trace(board: Person) -> None:
    """See that browsers load nothing after the account is removed."""
    if left := await _resources(board):
        raise DemoError(f"{left} stays without an account")
    home, title = board.house.home, board.texts["dashboard.dashboard_title"]
    for each in await home.command("lovelace/dashboards/list"):
        if each["title"] == title:
            await home.command("lovelace/dashboards/delete", dashboard_id=each["id"])
    await board.page.close()


async def _see_car(board: Person, car: str) -> None:
    """See a car's view; nothing in it may be missing."""
    view = _view(board)
    for card in ("hiven-plan-card", "hiven-week-card", "hiven-target-gauge"):
        await expect(view.locator(card)).to_be_visible()
    await expect(view.locator("hui-error-card, hui-warning")).to_have_count(0)
    await expect(view.get_by_text(car, exact=True)).to_be_visible()
    await board.see(view)


async def _rename(person: Person) -> None:
    """Call an entity something else, and give it another id."""
    home = person.house.home
    entities = await entities_of(home, (await person.car(CAR))["id"])
    await home.command(
        "config/entity_registry/update",
        entity_id=entities["range"],
        new_entity_id="sensor.matka_1",
        name=_RENAMED,
    )


async def _set_time(board: Person, day: str, hour: str, minute: str) -> None:
    row = _row(board, day)
    await row.locator("button.row").click()
    await row.locator("input[name=hours]").fill(hour)
    await row.locator("input[name=minutes]").fill(minute)
    await board.page.keyboard.press("Enter")


async def _stored(board: Person, week: Mapping[str, str]) -> None:
    """Wait until Hiven has stored these times for single days, and no others."""

    async def look() -> None:
        held = (await board.car(ANOTHER_CAR))["preferences"].get(_WEEK)
        if held != week:
            raise DemoError(f"Hiven holds {held} instead of {week}")

    await wait_until_right(look, PATIENCE)


async def _resources(board: Person) -> list[str]:
    resources = await board.house.home.command("lovelace/resources")
    return [each["url"] for each in resources if each["url"].startswith(_RESOURCE)]


def _any_case(name: str) -> re.Pattern[str]:
    return re.compile(re.escape(name), re.IGNORECASE)


def _pattern(board: Person, place: str) -> re.Pattern[str]:
    """Return a pattern for a text with any values of its placeholders."""
    parts = re.split(r"\{\w+\}", board.texts[place])
    return re.compile(".+".join(map(re.escape, parts)))


def _view(board: Person) -> Locator:
    return board.page.locator("hui-view")


def _row(board: Person, day: str) -> Locator:
    return board.page.locator(f"hiven-week-card li[data-slot={day}]")
