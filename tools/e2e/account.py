"""What people do with an account: another car, a repair, a new key, and an end."""

from playwright.async_api import Locator, expect

from simulator.scenario import USER_ID
from tools.demo.errors import DemoError
from tools.demo.registry import entities_of

from .car_page import see_state_of_charge
from .person import Person
from .set_up import CAR, fill_in, sign_in

ANOTHER_CAR = "Fjord"
_NEW_KEY = "another-key"
_CAPACITY = 77
_ENTRY = "ui.panel.config.integrations.config_entry"
_REPAIR = "issues.battery_capacity_missing.fix_flow"


async def connect_another_car(person: Person) -> None:
    """Connect a car in the account's menu."""
    await _choose_in_account(person, "vehicle")
    await person.see_title(person.texts["config.step.vehicle.title"])
    await sign_in(person, "Volkswagen", ANOTHER_CAR)
    await person.see_step("preferences")
    await fill_in(person, "smart_charge_anywhere", 85)
    await person.see(person.dialog, "config.abort.vehicle_connected")
    await person.next.click()
    await person.see_closed()


async def repair(person: Person) -> None:
    """Enter the capacity that the other car does not report."""
    page, dialog, texts = person.page, person.dialog, person.texts
    title = texts[f"{_REPAIR}.step.missing.title"].format(vehicle=ANOTHER_CAR)
    await person.open_settings()
    await page.locator("ha-config-repairs").get_by_text(title, exact=True).click()
    await person.see_title(title)
    await person.see(dialog, *texts.under(f"{_REPAIR}.step.missing"))
    capacity = dialog.locator("ha-selector-number input")
    await capacity.fill("1")
    await person.next.click()
    await person.see(dialog, f"{_REPAIR}.error.out_of_range")
    await capacity.fill(str(_CAPACITY))
    await person.next.click()
    await expect(dialog.locator("input")).to_have_count(0)
    await person.see(dialog)
    await person.next.click()
    await person.see_closed()
    await expect(page.get_by_text(title, exact=True)).to_have_count(0)
    held = (await person.car(ANOTHER_CAR))["preferences"]["batteryCapacity"]
    if held != _CAPACITY:
        raise DemoError(f"Hiven holds a capacity of {held}")


async def give_new_key(person: Person) -> None:
    """Enter a new key when Home Assistant asks for it; check that the car is read."""
    page, dialog = person.page, person.dialog
    await _change_key(person)
    await person.open_integrations()
    card = page.locator("ha-config-flow-card").filter(has_text="Hiven")
    reconfigure = await person.named("ui.panel.config.integrations.reconfigure")
    await card.get_by_role("button", name=reconfigure).click()

    await person.see_step("reauth_confirm")
    await dialog.locator("input[name=api_key]").fill("wrong")
    await person.next.click()
    await person.see(dialog, "config.error.invalid_auth")
    await dialog.locator("input[name=api_key]").fill(_NEW_KEY)
    await person.next.click()
    await expect(dialog.locator("input")).to_have_count(0)
    await person.see(dialog)
    await person.next.click()
    await person.see_closed()
    await expect(card).to_have_count(0)

    await _open_account(person)
    await page.get_by_text(CAR, exact=True).click()
    await see_state_of_charge(person)


async def _change_key(person: Person) -> None:
    """Let Hiven refuse the key, and change the car after Home Assistant notices it."""
    house = person.house
    # Replace the key of both accounts.
    for user_id in (USER_ID, person.user_id):
        await house.cloud.change_key(user_id, _NEW_KEY)
    car = await person.car(CAR)
    entities = await entities_of(house.home, car["id"])
    await house.home.call(
        "homeassistant.update_entity", entity_id=entities["state_of_charge"]
    )
    await house.cloud.set_soc(car["id"], car["soc"] + 1)


async def remove_car(person: Person, car: str) -> None:
    """Remove a car in the account's menu; Hiven must not have it afterwards."""
    page, dialog = person.page, person.dialog
    await _choose_in_account(person, "remove_vehicle")
    await person.see_step("remove_vehicle")
    await dialog.get_by_role("radio", name=car).click()
    await person.next.click()
    await person.see(dialog, "config.error.confirm_required")
    await dialog.locator("ha-switch").click()
    await person.next.click()
    await person.see(dialog, "config.abort.vehicle_removed")
    await person.next.click()
    await person.see_closed()
    if car in [each["name"] for each in await person.house.cloud.cars()]:
        raise DemoError(f"Hiven still has {car}")
    await expect(page.get_by_text(car, exact=True)).to_have_count(0)


async def delete(person: Person) -> None:
    """Delete the account in its menu."""
    row = await _open_menu(person)
    name = await person.named(f"{_ENTRY}.delete")
    await row.get_by_role("menuitem", name=name, exact=True).click()
    dialog = person.page.locator("ha-dialog[open]").filter(
        has=person.page.locator("ha-button")
    )
    await person.see(dialog)
    name = await person.named("ui.common.delete")
    await dialog.get_by_role("button", name=name, exact=True).click()
    await expect(row).to_have_count(0)


async def _choose_in_account(person: Person, step: str) -> None:
    """Open the account's menu, and choose a step of its dialog."""
    row = await _open_menu(person)
    reconfigure = await person.named(f"{_ENTRY}.reconfigure")
    await row.get_by_role("menuitem", name=reconfigure).click()
    dialog, texts = person.dialog, person.texts
    await person.see(dialog, *texts.under("config.step.reconfigure"))
    name = texts[f"config.step.reconfigure.menu_options.{step}"]
    await dialog.get_by_text(name, exact=True).click()


async def _open_menu(person: Person) -> Locator:
    """Open the menu of the account's row; return the row."""
    await person.open_integrations()
    await _open_account(person)
    row = person.page.locator("ha-config-entry-row ha-row-item").first
    menu = await person.named("ui.common.menu")
    await row.get_by_role("button", name=menu).click()
    return row


async def _open_account(person: Person) -> None:
    card = person.page.locator("ha-integration-card").filter(has_text="Hiven")
    await card.get_by_role("link").click()
