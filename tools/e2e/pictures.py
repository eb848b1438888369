"""The README's pictures."""

from pathlib import Path

from playwright.async_api import Browser, Locator, Page, ViewportSize, expect

from tools.demo.dashboard import URL_PATH
from tools.demo.errors import DemoError
from tools.demo.household import connect_cars
from tools.demo.registry import device_of, entities_of
from tools.demo.setup import House, furnish
from tools.demo.waiting import wait_until_right

from .car_page import page_of_car, see_plugged_in
from .person import Person, logged_in
from .texts import ENGLISH, Texts

# A dashboard shows more after the car has charged for a while, up to its minimum.
_LOW = 22.0
_CHARGED = 40.0
_CHARGES_WITHIN = 300.0
_TARGET = 90
_LONG_PLAN = 60
_PLANS_WITHIN = 30.0
# Two columns of cards.
_SIZE_OF_CAR_PAGE = ViewportSize(width=1200, height=1060)
_SIZE_OF_DASHBOARD = ViewportSize(width=1280, height=900)


async def of_dialog(person: Person, folder: Path) -> None:
    """Take a picture of the dialog, with nothing behind it."""
    dialog = person.dialog.locator("dialog[open]")
    await _take("setup", dialog, folder, "home-assistant-main { visibility: hidden }")


async def of_home_with_cars(
    browser: Browser, house: House, folder: Path, *, charged: bool
) -> None:
    """Take pictures of the dashboard and a car's page; `charged`: after charging."""
    async with logged_in(browser, house, Texts(ENGLISH)) as person:
        # Remove the history of earlier cars.
        await house.home.call("recorder.purge_entities", entity_globs="*")
        _, smartly = cars = await connect_cars(house.home, house.cloud, still=True)
        await furnish(house.home, cars)
        if charged:
            await house.cloud.set_soc(smartly["id"], _LOW)
        await house.cloud.resume()
        if charged:
            await _charge(house, smartly["id"])
        await _plan_in_real_time(house, smartly["id"])
        await _of_car_page(person, smartly["id"], folder)
        await _of_dashboard(person, str(smartly["name"]), folder)


async def _of_car_page(person: Person, car_id: str, folder: Path) -> None:
    page, home = person.page, person.house.home
    await page.set_viewport_size(_SIZE_OF_CAR_PAGE)
    await page.goto(f"{home.url}/config/devices/device/{await device_of(home, car_id)}")
    await see_plugged_in(person)
    await _loaded(person, page_of_car(person))
    await _take("device", page, folder)


async def _of_dashboard(person: Person, car: str, folder: Path) -> None:
    page = person.page
    await page.set_viewport_size(_SIZE_OF_DASHBOARD)
    await page.goto(f"{person.house.home.url}/{URL_PATH}/{car.lower()}")
    await expect(page.locator("hui-card").first).to_be_visible()
    await _loaded(person, page.locator("hui-root"))
    await _take("dashboard", page, folder)


async def _charge(house: House, car_id: str) -> None:
    async def look() -> None:
        (car,) = [car for car in await house.cloud.cars() if car["id"] == car_id]
        if car["soc"] < _CHARGED:
            raise DemoError(f"{car['name']} does not get beyond {car['soc']} %")

    await wait_until_right(look, _CHARGES_WITHIN)


async def _plan_in_real_time(house: House, car_id: str) -> None:
    """Plan the rest at the speed of a real car, not the demo's."""
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


async def _loaded(person: Person, where: Locator) -> None:
    """Wait until everything is loaded."""
    loading = where.locator("ha-spinner, hui-error-card").or_(
        where.get_by_text("Loading")
    )
    await expect(loading.locator("visible=true")).to_have_count(0)
    await person.page.wait_for_load_state("networkidle")
    await person.see(where)


async def _take(
    name: str, what: Locator | Page, folder: Path, style: str | None = None
) -> None:
    path = folder / f"{name}.png"
    await what.screenshot(path=path, animations="disabled", style=style)
