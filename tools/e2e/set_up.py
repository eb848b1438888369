"""Sets up the integration, like a new user."""

from datetime import datetime, timedelta
import re
from zoneinfo import ZoneInfo

from playwright.async_api import expect

from simulator.scenario import API_KEY
from tools import TIME_ZONE

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
    await sign_in(person, "Tesla", CAR, allow=False)
    await person.see(dialog, "config.error.access_denied")
    await sign_in(person, None, CAR)

    # The screen shows the code instead of its placeholder.
    await person.see_step("virtual_key", but=("data.qr_code",))
    await expect(dialog.locator("ha-qr-code canvas")).to_be_visible()
    await person.next.click()
    await person.see_step("preferences")
    await person.see(dialog, *texts.under("selector.charging_behavior.options"))


async def sign_in(
    person: Person, brand: str | None, car: str, *, allow: bool = True
) -> None:
    """Choose a brand, unless it is chosen, and go through SmartCar's pages."""
    page = person.page
    if brand is not None:
        await person.dialog.locator("ha-picker-field").first.click()
        await page.get_by_role("option").get_by_text(brand, exact=True).click()
    async with page.context.expect_page() as opened:
        await person.next.click()
    smartcar = await opened.value
    await smartcar.get_by_label("E-mail").fill("driver@example.com")
    await smartcar.get_by_label("Password").fill("secret")
    await smartcar.get_by_role("button", name="Log in").click()
    await smartcar.get_by_role("radio", name=car).check()
    await smartcar.get_by_role("button", name="Continue").click()
    # The tab closes by itself.
    async with smartcar.expect_event("close"):
        answer = "Allow" if allow else "Deny access"
        await smartcar.get_by_role("button", name=answer, exact=True).click()


async def choose_preferences(person: Person) -> None:
    """Fill in the last form, and finish on the page of the car."""
    page = person.page
    await fill_in(person, "smart_charge_off", TARGET)
    created = "ui.panel.config.integrations.config_flow.device_created"
    await person.see_title(await person.named(created))
    await person.see(person.dialog, "config.create_entry.default")
    await person.next.click()
    await person.see_closed()
    await page.wait_for_url(re.compile("/config/devices/device/"))


async def fill_in(person: Person, behavior: str, target: int) -> None:
    """Fill in how to charge; the car has time to wait for cheap hours, day or night."""
    dialog = person.dialog
    name = person.texts[f"selector.charging_behavior.options.{behavior}"]
    await dialog.get_by_role("radio", name=name).click()
    await dialog.locator("ha-selector-number input").fill(str(target))
    ready = datetime.now(ZoneInfo(TIME_ZONE)) + timedelta(hours=12)
    await dialog.locator("input[name=hours]").fill(str(ready.hour))
    await dialog.locator("input[name=minutes]").fill("0")
    await person.next.click()


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
