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
from .person import Person, logged_in
from .texts import ENGLISH, Texts

# The car charges up to its minimum, then waits with a long plan.
_LOW = 28.0
_MINIMUM = 40.0
_CHARGES_WITHIN = 300.0
_TARGET = 80
_LONG_PLAN = 60
_PLANS_WITHIN = 30.0
_SIZES = {
    "dashboard": ViewportSize(width=1280, height=900),
    "device": ViewportSize(width=1200, height=1060),
    "phone": ViewportSize(width=400, height=860),
}


async def take_all(browser: Browser, house: House, folder: Path) -> None:
    """Take the dashboard, in the light, and in the dark on a phone, and a car's page."""
    async with logged_in(browser, house, Texts(ENGLISH)) as person:
        _, smartly = cars = await connect_cars(house.home, house.cloud, still=True)
        await furnish(house.home, cars)
        await house.cloud.set_soc(smartly["id"], _LOW)
        await house.cloud.resume()
        await _charge(house, smartly["id"])
        await _plan_in_real_time(house, smartly["id"])

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


async def _charge(house: House, car_id: str) -> None:
    """Charge to the minimum, at the demo's pace."""

    async def look() -> None:
        (car,) = [car for car in await house.cloud.cars() if car["id"] == car_id]
        if car["soc"] < _MINIMUM:
            raise DemoError(f"{car['name']} does not get beyond {car['soc']} %")

    await wait_until_right(look, _CHARGES_WITHIN)


async def _plan_in_real_time(house: House, car_id: str) -> None:
    """Plan the rest at a real car's pace, not the demo's."""
    await house.cloud.set_speed(1)
    entities = await entities_of(house.home, car_id)
    await house.home.call(
        "number.set_value", entity_id=entities["target_soc"], value=_TARGET
    )

    async def look() -> None:
        planned = await house.home.get(
            f"/api/states/{entities['planned_charging_time']}"
        )
        if float(planned["state"]) < _LONG_PLAN:
            raise DemoError(f"only {planned['state']} minutes are planned")

    await wait_until_right(look, _PLANS_WITHIN)


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
