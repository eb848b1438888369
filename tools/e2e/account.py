"""Changes the key of the account, and removes its car."""

from playwright.async_api import expect

from simulator.scenario import USER_ID
from tools.demo.errors import DemoError
from tools.demo.registry import entities_of

from .car_page import see_state_of_charge
from .person import Person
from .set_up import CAR

_NEW_KEY = "another-key"


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
    # No account may have the old key.
    for user_id in (USER_ID, person.user_id):
        await house.cloud.change_key(user_id, _NEW_KEY)
    (car,) = await house.cloud.cars()
    entities = await entities_of(house.home, car["id"])
    await house.home.call(
        "homeassistant.update_entity", entity_id=entities["state_of_charge"]
    )
    await house.cloud.set_soc(car["id"], car["soc"] + 1)


async def remove_car(person: Person) -> None:
    """Remove the car in the account's menu; check that Hiven has removed it."""
    page, dialog, texts = person.page, person.dialog, person.texts
    await person.open_integrations()
    await _open_account(person)
    row = page.locator("ha-config-entry-row ha-row-item").first
    menu = await person.named("ui.common.menu")
    await row.get_by_role("button", name=menu).click()
    reconfigure = "ui.panel.config.integrations.config_entry.reconfigure"
    await row.get_by_role("menuitem", name=await person.named(reconfigure)).click()

    remove = texts["config.step.reconfigure.menu_options.remove_vehicle"]
    await person.see(dialog, *texts.under("config.step.reconfigure"))
    await dialog.get_by_text(remove, exact=True).click()
    await person.see_step("remove_vehicle")
    await dialog.get_by_role("radio", name=CAR).click()
    await person.next.click()
    await person.see(dialog, "config.error.confirm_required")
    await dialog.locator("ha-switch").click()
    await person.next.click()
    await person.see(dialog, "config.abort.vehicle_removed")
    await person.next.click()
    await person.see_closed()
    if cars := await person.house.cloud.cars():
        raise DemoError(f"Hiven still has {cars[0]['name']}")
    await expect(page.get_by_text(CAR, exact=True)).to_have_count(0)


async def _open_account(person: Person) -> None:
    card = person.page.locator("ha-integration-card").filter(has_text="Hiven")
    await card.get_by_role("link").click()
