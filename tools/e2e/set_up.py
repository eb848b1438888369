"""Sets up the integration, like a new user."""

import re

from playwright.async_api import Page, expect

from simulator.scenario import API_KEY

from .person import Person

CAR = "Aurora"
TARGET = 75


async def connect_car(person: Person) -> None:
    """Add the integration: account, car, sign-in, virtual key."""
    page, dialog, texts = person.page, person.dialog, person.texts
    await person.open_integrations()
    add = await person.named("ui.panel.config.integrations.add_integration")
    await page.get_by_role("button", name=add).click()
    brands = page.locator("dialog-add-integration")
    await brands.get_by_role("textbox").fill("Hiven")
    await brands.get_by_role("listitem").get_by_text("Hiven", exact=True).click()

    await _enter_credentials(person)
    await person.see_title(texts["config.step.vehicle.title"])
    for section in ("redirect", "testing"):
        name = texts[f"config.step.vehicle.sections.{section}.name"]
        await dialog.get_by_role("button", name=name).click()
    await person.see(dialog, *texts.under("selector.mode.options"))
    # The screen shows the address instead of its placeholder.
    await person.see_step("vehicle", but=("sections.redirect.data.redirect_uri",))
    await dialog.locator("ha-picker-field").first.click()
    await page.get_by_role("option").get_by_text("Tesla", exact=True).click()
    async with page.context.expect_page() as opened:
        await person.next.click()
    await _sign_in(await opened.value)

    # The screen shows the code instead of its placeholder.
    await person.see_step("virtual_key", but=("data.qr_code",))
    await expect(dialog.locator("ha-qr-code canvas")).to_be_visible()
    await person.next.click()
    await person.see_step("preferences")
    await person.see(dialog, *texts.under("selector.charging_behavior.options"))


async def choose_preferences(person: Person) -> None:
    """Fill in the last form, and open the page of the car."""
    page, dialog = person.page, person.dialog
    off = person.texts["selector.charging_behavior.options.smart_charge_off"]
    await dialog.get_by_role("radio", name=off).click()
    await dialog.locator("ha-selector-number input").fill(str(TARGET))
    await person.next.click()
    created = "ui.panel.config.integrations.config_flow.device_created"
    await person.see_title(await person.named(created))
    await person.see(dialog, "config.create_entry.default")
    await person.next.click()
    await person.see_closed()
    await page.wait_for_url(re.compile("/config/devices/device/"))


async def _enter_credentials(person: Person) -> None:
    """Enter a key without a user ID, and a provider's address."""
    dialog, step = person.dialog, "config.step.credentials"
    await person.see_title(person.texts[f"{step}.title"])
    provider = person.texts[f"{step}.sections.provider.name"]
    await dialog.get_by_role("button", name=provider).click()
    await person.see_step("credentials")
    await dialog.locator("input[name=api_key]").fill(API_KEY)
    address = dialog.locator("input[name=service_address]")
    await address.fill("hiven.example.com")
    await person.next.click()
    await person.see(dialog, "config.error.service_address_invalid")
    await address.fill(person.house.cloud.url)
    await person.next.click()
    await person.see_step("new_user_id")
    person.user_id = (await dialog.locator("code").inner_text()).strip()
    await person.next.click()


async def _sign_in(page: Page) -> None:
    """Go through SmartCar's pages; the tab closes by itself."""
    await page.get_by_label("E-mail").fill("driver@example.com")
    await page.get_by_label("Password").fill("secret")
    await page.get_by_role("button", name="Log in").click()
    await page.get_by_role("radio", name=CAR).check()
    await page.get_by_role("button", name="Continue").click()
    async with page.expect_event("close"):
        await page.get_by_role("button", name="Allow").click()
