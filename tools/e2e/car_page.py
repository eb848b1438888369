"""The page of a car: its states and settings."""

from collections.abc import Callable
import re
from typing import Any

from playwright.async_api import Locator, expect

from tools.demo.errors import DemoError
from tools.demo.waiting import wait_until_right

from .person import PATIENCE, Person
from .set_up import CAR, TARGET

_STATE_OF_CHARGE = "sensor.state_of_charge"
_STATUS = "sensor.charging_status"
_BEHAVIOR = "select.charging_behavior"
_TARGET = "number.target_soc"
_FRIDAY = "time.ready_time_friday"
_CHARGE_NOW = "switch.charge_now"
_CLEAR = "select.clear_ready_time"
# The car reports its capacity, so the override is disabled. There is no price source
# yet.
_NOT_SHOWN = {
    "entity.number.battery_capacity_override.name",
    "entity.sensor.planned_charging_price.name",
}


async def read(person: Person) -> None:
    """Check the names of all entities, and the states of some."""
    texts = person.texts
    names = {
        place
        for place in texts.under("entity")
        if place.endswith(".name") and "state_attributes" not in place
    }
    page = page_of_car(person)
    await expect(page).to_be_visible()
    await person.see(page, *sorted(names - _NOT_SHOWN))
    await see_state_of_charge(person)
    for key, shown in (
        (_STATUS, texts[f"entity.{_STATUS}.state.charging"]),
        (_BEHAVIOR, texts[f"entity.{_BEHAVIOR}.state.smart_charge_off"]),
        (_TARGET, _percent(TARGET)),
    ):
        await expect(_row(person, key)).to_contain_text(shown)


async def see_state_of_charge(person: Person) -> None:
    """See that it is what the simulator has."""
    soc = (await person.car(CAR))["soc"]
    await expect(_row(person, _STATE_OF_CHARGE)).to_contain_text(_percent(soc))


async def see_plugged_in(person: Person) -> None:
    """Check that the car waits for its planned hours."""
    plugged_in = person.texts[f"entity.{_STATUS}.state.plugged"]
    await expect(_row(person, _STATUS)).to_contain_text(plugged_in)


async def change_settings(person: Person) -> None:
    """Change behavior, target and a day's ready time, and charge now for a moment."""
    texts, page = person.texts, person.page
    row = _row(person, _BEHAVIOR)
    anywhere = texts[f"entity.{_BEHAVIOR}.state.smart_charge_anywhere"]
    await row.get_by_role("button").click()
    await row.get_by_role("menuitem", name=anywhere).click()
    await _stored(
        person, lambda held: held["chargingBehavior"], "SMART_CHARGE_ANYWHERE"
    )
    await expect(row).to_contain_text(anywhere)

    row = _row(person, _TARGET)
    await row.get_by_role("slider").focus()
    await page.keyboard.press("ArrowRight")
    await _stored(person, lambda held: held["targetSoC"]["value"], TARGET + 1)
    await expect(row).to_contain_text(_percent(TARGET + 1))

    day = texts[f"entity.{_FRIDAY}.name"]
    group = page.get_by_role("group", name=day, exact=True)
    await group.locator("input[name=hours]").fill("6")
    await group.locator("input[name=minutes]").fill("45")
    await page.keyboard.press("Tab")
    await _stored(
        person, lambda held: held.get("weekDaySpecificReadyTimes"), {"FRIDAY": "06:45"}
    )
    await expect(group.locator("input[name=minutes]")).to_have_value("45")
    row = _row(person, _CLEAR)
    await row.get_by_role("button").click()
    friday = texts[f"entity.{_CLEAR}.state.friday"]
    await row.get_by_role("menuitem", name=friday).click()
    await _stored(person, lambda held: held.get("weekDaySpecificReadyTimes") or {}, {})
    await expect(row).to_contain_text(texts[f"entity.{_CLEAR}.state.choose_day"])

    row = _row(person, _CHARGE_NOW)
    for now, behavior in (
        (True, "SMART_CHARGE_OFF"),
        (False, "SMART_CHARGE_ANYWHERE"),
    ):
        await row.locator("ha-entity-toggle").click()
        await _stored(person, lambda held: held["chargingBehavior"], behavior)
        await expect(row.get_by_role("switch")).to_be_checked(checked=now)
    await person.see(page_of_car(person))


def page_of_car(person: Person) -> Locator:
    """Return the page."""
    return person.page.locator("ha-config-device-page")


def _row(person: Person, key: str) -> Locator:
    """Return the row of an entity."""
    name = person.page.get_by_text(person.texts[f"entity.{key}.name"], exact=True)
    return page_of_car(person).locator("hui-generic-entity-row").filter(has=name)


def _percent(value: float) -> re.Pattern[str]:
    """Return a pattern for a percentage in any language."""
    return re.compile(rf"\b{value:g}".replace(".", "[.,]") + r"([.,]0)?\s*%")


async def _stored(
    person: Person, read_it: Callable[[dict[str, Any]], object], wanted: object
) -> None:
    """Wait until Hiven has stored the choice."""

    async def look() -> None:
        held = read_it((await person.car(CAR))["preferences"])
        if held != wanted:
            raise DemoError(f"Hiven holds {held} instead of {wanted}")

    await wait_until_right(look, PATIENCE)
