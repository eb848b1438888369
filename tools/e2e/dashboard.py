"""The dashboard: adding it, its texts in every language, and changing settings."""

from collections.abc import Mapping
import json
import re
from typing import Any

from playwright.async_api import Locator, expect

from simulator.scenario import API_KEY, USER_ID
from tools.demo.cloud import Truth
from tools.demo.errors import DemoError
from tools.demo.flow import Answers, connect_car
from tools.demo.folder import ROOT
from tools.demo.registry import entities_of
from tools.demo.waiting import wait_until_right

from .person import PATIENCE, Person

_TEXTS = ROOT / "frontend" / "src" / "texts"
_WEEK = "weekDaySpecificReadyTimes"
_RENAMED = "Akku 1"
_RESOURCE = "/hiven_frontend/"
_LIVE = {"mode": "live"}
_ACCOUNT = {"credentials": {"user_id": USER_ID, "api_key": API_KEY}}
_PREFERENCES = {
    "charging_behavior": "smart_charge_anywhere",
    "target_soc": 85,
    "ready_time": "07:30:00",
}
_FIRST = {**_ACCOUNT, "vehicle": {"manufacturer": "TESLA"}, "virtual_key": {}}
_SECOND = {
    "user": {"next_step_id": "vehicle"},
    "vehicle": {"manufacturer": "VOLKSWAGEN"},
}


async def go_through(person: Person) -> None:
    """Add it with one car, and use it with two."""
    first = await _connect(person, _FIRST)
    await _rename_battery(person, first)
    await _add(person)
    await _see_car(person, first)
    tiles = _view(person).locator("hui-tile-card")
    await expect(tiles.get_by_text(_RENAMED, exact=True)).to_be_visible()

    second = await _connect(person, _SECOND)
    # One car has no tabs; the second car appears by itself.
    await person.page.get_by_role("tab", name=second["name"], exact=True).click()
    await _see_car(person, second)
    await _change_days(person, second)
    await _be_refused(person, second)
    await _delete_account(person)
    await _tidy_up(person, first, second)


async def _connect(person: Person, answers: Answers) -> Truth:
    """Connect another car through the config flow; return it."""
    cloud = person.house.cloud
    known = {car["id"] for car in await cloud.cars()}
    await connect_car(
        person.house.home,
        {
            **answers,
            "vehicle": {**answers["vehicle"], "country_code": "FI", "testing": _LIVE},
            "preferences": _PREFERENCES,
        },
    )
    (car,) = [car for car in await cloud.cars() if car["id"] not in known]
    return car


async def _add(person: Person) -> None:
    """Add it like a user, and open it."""
    page = person.page
    # A page that was opened before the account was added does not know about it.
    await page.reload()
    await page.locator('ha-sidebar a[href="/config"]').click()
    await page.locator('a[href^="/config/lovelace"]').first.click()
    dashboards = "ui.panel.config.lovelace.dashboards"
    await page.get_by_role(
        "button", name=await _named(person, f"{dashboards}.picker.add_dashboard")
    ).click()
    dialog = page.locator("ha-dialog-new-dashboard")
    await person.see(dialog)
    await dialog.get_by_role(
        "button", name=_texts(person)["strategy_name"], exact=True
    ).click()
    create = await _named(person, f"{dashboards}.detail.create")
    await page.get_by_role("button", name=create).click()
    title = _texts(person)["dashboard_title"]
    await page.locator("ha-sidebar").get_by_text(title, exact=True).click()


async def _see_car(person: Person, car: Truth) -> None:
    """Check that a car's view is complete."""
    view = _view(person)
    for card in ("hiven-plan-card", "hiven-week-card", "hiven-target-gauge"):
        await expect(view.locator(card)).to_be_visible()
    await expect(view.locator("hui-error-card, hui-warning")).to_have_count(0)
    await expect(view.get_by_text(car["name"], exact=True)).to_be_visible()
    await person.see(view)


async def _rename_battery(person: Person, car: Truth) -> None:
    """Change the name and the id of an entity."""
    home = person.house.home
    await home.command(
        "config/entity_registry/update",
        entity_id=(await entities_of(home, car["id"]))["state_of_charge"],
        new_entity_id="sensor.akku_1",
        name=_RENAMED,
    )


async def _change_days(person: Person, car: Truth) -> None:
    """Set days and clear one; check that Hiven stores them."""
    await _set_time(person, "monday", "6", "45")
    await _set_time(person, "friday", "6", "45")
    await _stored(person, car, {"MONDAY": "06:45", "FRIDAY": "06:45"})
    monday = _row(person, "monday")
    await expect(monday).to_contain_text("45")
    await monday.locator("button.clear").click()
    await _stored(person, car, {"FRIDAY": "06:45"})
    await expect(monday.locator("button.clear")).to_have_count(0)
    await expect(monday).not_to_contain_text("45")


async def _be_refused(person: Person, car: Truth) -> None:
    """Set a day while Hiven is down; the card shows an error and the old time."""
    row, alert = _row(person, "friday"), _view(person).locator("ha-alert")
    await _let_hiven_be(person, down=True)
    await _set_time(person, "friday", "5", "15")
    await expect(alert).to_be_visible()
    await person.see(alert)
    await expect(row).to_contain_text("45")
    await _let_hiven_be(person, down=False)
    await _set_time(person, "friday", "5", "15")
    await _stored(person, car, {"FRIDAY": "05:15"})
    await expect(alert).to_have_count(0)


async def _delete_account(person: Person) -> None:
    """Delete the account; check that browsers no longer load the dashboard."""
    home = person.house.home
    if len(await _resources(person)) != 1:
        raise DemoError(f"the resources are {await _resources(person)}")
    (entry,) = await home.command("config_entries/get", domain="hiven")
    await home.delete(f"/api/config/config_entries/entry/{entry['entry_id']}")
    if left := await _resources(person):
        raise DemoError(f"{left} stays without an account")


async def _set_time(person: Person, day: str, hour: str, minute: str) -> None:
    row = _row(person, day)
    await row.locator("button.row").click()
    await row.locator("input[name=hours]").fill(hour)
    await row.locator("input[name=minutes]").fill(minute)
    await person.page.keyboard.press("Enter")


async def _stored(person: Person, car: Truth, week: Mapping[str, str]) -> None:
    """Wait until Hiven has exactly these times for weekdays."""

    async def look() -> None:
        cars = {each["id"]: each for each in await person.house.cloud.cars()}
        held = cars[car["id"]]["preferences"].get(_WEEK)
        if held != week:
            raise DemoError(f"Hiven holds {held} instead of {week}")

    await wait_until_right(look, PATIENCE)


async def _let_hiven_be(person: Person, *, down: bool) -> None:
    """Turn the simulated Hiven off or on."""
    url = f"{person.house.cloud.url}/_simulator/cloud"
    await person.page.request.post(url, data={"down": down})


async def _tidy_up(person: Person, *cars: Truth) -> None:
    """Remove the dashboard and the cars."""
    home = person.house.home
    for each in await home.command("lovelace/dashboards/list"):
        if each["title"] == _texts(person)["dashboard_title"]:
            await home.command("lovelace/dashboards/delete", dashboard_id=each["id"])
    headers = {"X-User-Id": USER_ID, "X-Api-Key": API_KEY}
    for car in cars:
        url = f"{person.house.cloud.url}/v2/hiven/devices/{car['id']}"
        await expect(await person.page.request.delete(url, headers=headers)).to_be_ok()


async def _resources(person: Person) -> list[str]:
    resources: list[dict[str, Any]] = await person.house.home.command(
        "lovelace/resources"
    )
    return [each["url"] for each in resources if each["url"].startswith(_RESOURCE)]


async def _named(person: Person, key: str) -> re.Pattern[str]:
    """Return a text of the frontend, once its translations are loaded."""
    name = ""

    async def look() -> None:
        nonlocal name
        name = await person.named(key)
        if not name:
            raise DemoError(f"the frontend has no {key}")

    await wait_until_right(look, PATIENCE)
    return re.compile(re.escape(name), re.IGNORECASE)


def _texts(person: Person) -> dict[str, str]:
    """Return the dashboard's own texts."""
    texts: dict[str, str] = json.loads(
        (_TEXTS / f"{person.texts.language}.json").read_text("utf-8")
    )
    return texts


def _view(person: Person) -> Locator:
    return person.page.locator("hui-view")


def _row(person: Person, day: str) -> Locator:
    return person.page.locator(f"hiven-week-card li[data-slot={day}]")
