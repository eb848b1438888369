"""What people do with the integration, by clicking."""

from collections.abc import Callable
import re
from typing import Any

from playwright.async_api import Locator, expect

from demo.cloud import Truth
from demo.household import API_KEY, USER_ID
from demo.registry import entities_of
from demo.setup import House

from .browser import Person, until
from .errors import Wrong

NAME = "Hiven"
_CAR = "Aurora"
_TARGET = 75
_NEW_KEY = "another-key"


async def set_up(person: Person) -> None:
    """Add the integration as a newcomer: account, car, virtual key, preferences."""
    page, dialog = person.page, person.dialog
    await open_integrations(person)
    await page.get_by_role(
        "button",
        name=await person.named("ui.panel.config.integrations.add_integration"),
    ).click()
    brands = page.locator("dialog-add-integration")
    await brands.get_by_role("textbox").fill(NAME)
    await brands.get_by_role("listitem").get_by_text(NAME, exact=True).click()

    await person.see_step("credentials")
    await dialog.locator("input[name=user_id]").fill(USER_ID)
    await dialog.locator("input[name=api_key]").fill(API_KEY)
    await person.next.click()

    title = person.texts["config.step.vehicle.title"]
    await person.see_title(title)
    testing = person.texts["config.step.vehicle.sections.testing.name"]
    await dialog.get_by_role("button", name=testing).click()
    real_car = person.texts["selector.mode.options.live"]
    await expect(dialog.get_by_role("radio", name=real_car)).to_be_visible()
    await person.see_step("vehicle")
    await person.see(dialog, *person.texts.under("selector.mode.options"))
    await dialog.locator("ha-picker-field").first.click()
    await page.get_by_role("option").get_by_text("Tesla", exact=True).click()
    async with page.context.expect_page() as opened:
        await person.next.click()
    await _sign_in(await opened.value)

    # The code itself is shown instead of its name.
    await person.see_step("virtual_key", but=("data.qr_code",))
    await expect(dialog.locator("ha-qr-code canvas")).to_be_visible()
    await person.next.click()

    await person.see_step("preferences")
    options = person.texts.under("selector.charging_behavior.options")
    await person.see(dialog, *options)


async def finish_set_up(person: Person) -> None:
    """Choose the first preferences, and see the car's page."""
    texts, dialog = person.texts, person.dialog
    off = texts["selector.charging_behavior.options.smart_charge_off"]
    await dialog.get_by_role("radio", name=off).click()
    await dialog.locator("ha-selector-number input").fill(str(_TARGET))
    await person.next.click()
    created = "ui.panel.config.integrations.config_flow.device_created"
    await person.see_title(await person.named(created))
    await person.see(dialog)
    await person.next.click()
    await person.see_closed()


async def _sign_in(page: Any) -> None:
    """Walk SmartCar's pages; the last one closes the tab."""
    await page.get_by_label("E-mail").fill("driver@example.com")
    await page.get_by_label("Password").fill("secret")
    await page.get_by_role("button", name="Log in").click()
    await page.get_by_role("radio", name=_CAR).check()
    await page.get_by_role("button", name="Continue").click()
    async with page.expect_event("close"):
        await page.get_by_role("button", name="Allow").click()


async def see_device(person: Person, house: House) -> None:
    """Read the car's page: every entity by its name, some by their states."""
    texts = person.texts
    page = device_page(person)
    await expect(_row(person, "sensor.state_of_charge")).to_be_visible()
    names = [
        place
        for place in texts.under("entity")
        if place.endswith(".name") and "battery_capacity_override" not in place
    ]
    await person.see(page, *names)
    car = await _car(house)
    soc = _row(person, "sensor.state_of_charge")
    for row, shown in (
        (soc, re.compile(f"{car['soc']:g}".replace(".", "[.,]"))),
        (_row(person, "sensor.charging_status"), _state(person, "charging")),
        (_row(person, "select.charging_behavior"), _behavior(person, "off")),
        (_row(person, "number.target_soc"), re.compile(rf"{_TARGET}\s*%")),
    ):
        await expect(row).to_contain_text(shown)


async def change_settings(person: Person, house: House) -> None:
    """Change behavior, target and a day's ready time; Hiven has to hold them."""
    page, row = person.page, _row(person, "select.charging_behavior")
    await row.get_by_role("button").click()
    anywhere = _behavior(person, "anywhere")
    await row.get_by_role("menuitem", name=anywhere).click()
    await _until(house, "behavior", lambda has: has["chargingBehavior"], _SMART)
    await expect(row).to_contain_text(anywhere)

    target = _row(person, "number.target_soc")
    await target.get_by_role("slider").focus()
    await page.keyboard.press("ArrowRight")
    await _until(house, "target", lambda has: has["targetSoC"]["value"], _TARGET + 1)
    await expect(target).to_contain_text(re.compile(rf"{_TARGET + 1}\s*%"))

    friday = person.texts["entity.time.ready_time_friday.name"]
    time_of_day = page.get_by_role("group", name=friday, exact=True)
    await time_of_day.locator("input[name=hours]").fill("6")
    await time_of_day.locator("input[name=minutes]").fill("45")
    await page.keyboard.press("Tab")
    week = {"FRIDAY": "06:45"}
    await _until(house, "week", lambda has: has.get("weekDaySpecificReadyTimes"), week)
    await expect(time_of_day.locator("input[name=minutes]")).to_have_value("45")
    await person.see(device_page(person))


async def give_new_key(person: Person, house: House) -> None:
    """Be asked for a new key, and give it; values are read again."""
    await house.cloud.change_key(USER_ID, _NEW_KEY)
    entities = await entities_of(house.home, (await _car(house))["id"])
    await house.home.call(
        "homeassistant.update_entity", entity_id=entities["state_of_charge"]
    )
    page, dialog = person.page, person.dialog
    await open_integrations(person)
    card = page.locator("ha-config-flow-card").filter(has_text=NAME)
    reconfigure = await person.named("ui.panel.config.integrations.reconfigure")
    await card.get_by_role("button", name=reconfigure).click()
    await person.see_step("reauth_confirm")

    await dialog.locator("input[name=api_key]").fill("wrong")
    await person.next.click()
    await expect(dialog.get_by_role("alert")).to_be_visible()
    await person.see(dialog, "config.error.invalid_auth")
    await dialog.locator("input[name=api_key]").fill(_NEW_KEY)
    await person.next.click()
    await expect(dialog.locator("input")).to_have_count(0)
    await person.see(dialog)
    await person.next.click()
    await expect(card).to_have_count(0)

    await _open_account(person)
    await page.get_by_text(_CAR, exact=True).click()
    car = await _car(house)
    shown = re.compile(f"{car['soc']:g}".replace(".", "[.,]"))
    await expect(_row(person, "sensor.state_of_charge")).to_contain_text(shown)


async def remove_car(person: Person, house: House) -> None:
    """Remove the car by the account's menu; Hiven must not have it any more."""
    page, dialog, texts = person.page, person.dialog, person.texts
    await open_integrations(person)
    await _open_account(person)
    account = page.locator("ha-config-entry-row ha-row-item").first
    menu = await person.named("ui.common.menu")
    await account.get_by_role("button", name=menu).click()
    reconfigure = "ui.panel.config.integrations.config_entry.reconfigure"
    await account.get_by_role(
        "menuitem", name=await person.named(reconfigure)
    ).click()
    remove = texts["config.step.reconfigure.menu_options.remove_vehicle"]
    await expect(dialog.get_by_text(remove)).to_be_visible()
    await person.see(dialog, *texts.under("config.step.reconfigure"))
    await dialog.get_by_text(remove).click()

    await person.see_step("remove_vehicle")
    await dialog.get_by_role("radio", name=_CAR).click()
    await person.next.click()
    await expect(dialog.get_by_role("alert")).to_be_visible()
    await person.see(dialog, "config.error.confirm_required")
    await dialog.locator("ha-switch").click()
    await person.next.click()
    await expect(dialog.locator("ha-switch")).to_have_count(0)
    await person.see(dialog, "config.abort.vehicle_removed")
    await person.next.click()
    if cars := await house.cloud.cars():
        raise Wrong(f"Hiven still has a car: {cars}")
    await expect(page.get_by_text(_CAR, exact=True)).to_have_count(0)


async def open_integrations(person: Person) -> None:
    """Go to Settings > Devices & services."""
    page = person.page
    await page.locator('ha-sidebar a[href="/config"]').click()
    await page.locator('a[href="/config/integrations"]').first.click()
    await expect(page.locator("ha-integration-card").first).to_be_visible()


async def _open_account(person: Person) -> None:
    page = person.page
    card = page.locator("ha-integration-card").filter(has_text=NAME)
    await card.get_by_role("link").click()


def device_page(person: Person) -> Locator:
    """Return the page of a car."""
    return person.page.locator("ha-config-device-page")


def _row(person: Person, key: str) -> Locator:
    """Return the row of an entity on the car's page."""
    name = person.page.get_by_text(person.texts[f"entity.{key}.name"], exact=True)
    return device_page(person).locator("hui-generic-entity-row").filter(has=name)


def _state(person: Person, state: str) -> str:
    return person.texts[f"entity.sensor.charging_status.state.{state}"]


def _behavior(person: Person, behavior: str) -> str:
    place = f"entity.select.charging_behavior.state.smart_charge_{behavior}"
    return person.texts[place]


_SMART = "SMART_CHARGE_ANYWHERE"


async def _car(house: House) -> Truth:
    (car,) = await house.cloud.cars()
    return car


async def _until(
    house: House, what: str, read: Callable[[dict[str, Any]], object], wanted: object
) -> None:
    """Wait until Hiven holds what was chosen."""

    async def look() -> None:
        held = read((await _car(house))["preferences"])
        if held != wanted:
            raise Wrong(f"{what}: Hiven holds {held} instead of {wanted}")

    await until(look)
