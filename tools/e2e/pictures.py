"""The README's pictures: a winter evening, a car that waits for the night's cheap hours."""

from pathlib import Path

from playwright.async_api import Browser, Locator, ViewportSize, expect

from tools.demo.dashboard import URL_PATH
from tools.demo.errors import DemoError
from tools.demo.household import connect_cars
from tools.demo.registry import device_of, entities_of
from tools.demo.setup import House, furnish
from tools.demo.waiting import wait_until_right

from .car_page import page_of_car, see_plugged_in
from .person import PATIENCE, Person, logged_in
from .texts import ENGLISH, Texts

_SOC = 42.0
_TARGET = 80
_LONG_PLAN = 1.0
_SIZES = {
    "dashboard": ViewportSize(width=1280, height=812),
    "device": ViewportSize(width=1200, height=1040),
    "phone": ViewportSize(width=400, height=660),
}


async def take_all(browser: Browser, house: House, folder: Path) -> None:
    """Take the dashboard, in the light, and in the dark on a phone, and a car's page."""
    async with logged_in(browser, house, Texts(ENGLISH)) as person:
        _, smartly = cars = await connect_cars(house.home, house.cloud, still=True)
        await furnish(house.home, cars)
        await _plan_a_night(house, smartly["id"])

        page, home = person.page, house.home
        dashboard = f"{home.url}/{URL_PATH}/{smartly['name'].lower()}"
        await page.goto(dashboard)
        await _take(person, page.locator("hui-root"), "dashboard", folder)
        device = await device_of(home, smartly["id"])
        await page.goto(f"{home.url}/config/devices/device/{device}")
        await see_plugged_in(person)
        await _take(person, page_of_car(person), "device", folder)
        await page.emulate_media(color_scheme="dark")
        await page.goto(dashboard)
        await _take(person, page.locator("hui-root"), "phone", folder)


async def _plan_a_night(house: House, car_id: str) -> None:
    """Plan at a real car's pace, not the demo's, and for longer than a moment."""
    await house.cloud.set_speed(1)
    await house.cloud.set_soc(car_id, _SOC)
    entities = await entities_of(house.home, car_id)
    await house.home.call(
        "number.set_value", entity_id=entities["target_soc"], value=_TARGET
    )

    async def look() -> None:
        states = {
            key: (await house.home.get(f"/api/states/{entities[key]}"))["state"]
            for key in ("state_of_charge", "planned_charging_time")
        }
        soc, hours = map(float, states.values())
        if soc != _SOC or hours < _LONG_PLAN:
            raise DemoError(f"the car is shown as {states}")

    await wait_until_right(look, PATIENCE)


async def _take(person: Person, where: Locator, name: str, folder: Path) -> None:
    """Take a picture once everything has loaded."""
    page = person.page
    await page.set_viewport_size(_SIZES[name])
    loading = where.locator("ha-spinner, hui-error-card").or_(
        where.get_by_text("Loading")
    )
    await expect(loading.locator("visible=true")).to_have_count(0)
    await page.wait_for_load_state("networkidle")
    await person.see(where)
    await page.screenshot(path=folder / f"{name}.png", animations="disabled")
