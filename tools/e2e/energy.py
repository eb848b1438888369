"""The energy dashboard: the car is among the devices one can add."""

from playwright.async_api import expect

from .person import Person
from .set_up import CAR

_ADD = "ui.panel.config.energy.device_consumption.add_device"


async def see_car_offered(person: Person) -> None:
    """Open the list of energy sensors for individual devices."""
    page = person.page
    await page.goto(f"{person.house.home.url}/config/energy/electricity")
    await page.get_by_role("button", name=await person.named(_ADD)).click()
    dialog = page.locator("dialog-energy-device-settings")
    await dialog.locator("ha-picker-field").first.click()
    name = person.texts["entity.sensor.energy_charged.name"]
    offered = page.get_by_role("option").filter(has_text=name).filter(has_text=CAR)
    await expect(offered.first).to_be_visible()
    await page.goto(f"{person.house.home.url}/config")
