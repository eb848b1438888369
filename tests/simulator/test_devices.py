"""Users and keys, and what devices and models look like."""

import logging
from typing import Any

import pytest

from simulator import Car

from .client import KEY, LIST, MODELS, OTHER, READS, USER, Client, path_of


async def test_other_devices_have_no_status(ask: Client, car: Car) -> None:
    charger = ask.sim.add_other_device(USER, {"attributes": {"name": "Wall box"}})
    assert [each["type"] for each in await ask.cars()] == ["EV", "CHARGER"]
    details = await ask.get(f"{LIST}/{charger}")
    assert details["attributes"] == {"name": "Wall box"}
    assert (await ask("GET", f"/v1/hiven/devices/{charger}/status"))[0] == 404
    assert (await ask("DELETE", f"{LIST}/{charger}"))[0] == 200
    assert (await ask("GET", f"{LIST}/{charger}"))[0] == 404


@pytest.mark.parametrize(("user", "key", "status"), [
    *((USER, None, 401), (USER, "wrong", 401), (None, KEY, 400), (OTHER, KEY, 403)),
    *(("nobody", KEY, 400), (f"{USER}0", KEY, 400), (USER, KEY, 200)),
])  # fmt: skip
async def test_keys_and_users(ask: Client, user: Any, key: Any, status: int) -> None:
    ask.sim.add_account(OTHER, "key-2")
    asked = {"userId": user or USER}
    got, answer = await ask.as_user(user, key)("GET", LIST, params=asked)
    assert got == status
    assert got == 200 or answer["message"]
    assert got != 400 or answer["field"] == "X-User-Id"
    ask.sim.add_account(USER, "key-3")
    assert (await ask("GET", LIST, params={"userId": USER}))[0] == 401


async def test_users_of_one_key_are_separate(ask: Client, car: Car) -> None:
    ask.sim.add_account(USER.replace("1", "3"), "key-3", "Southern Energy")
    await ask.as_user(USER.replace("1", "4"), "key-3").cars()
    assert ask.sim.accounts[USER.replace("1", "4")].partner_name == "Southern Energy"
    other = ask.as_user(OTHER, KEY)
    assert await other.cars() == []
    assert ask.sim.accounts[OTHER].partner_name == "Nordic Energy"
    assert (await other("GET", LIST, params={"userId": USER}))[0] == 403
    assert (await other("GET", LIST))[0] == 400
    for what in READS:
        assert (await other("GET", path_of(car, what)))[0] == 404
    assert (await other("DELETE", path_of(car, "")))[0] == 404
    assert car.id in ask.sim.cars


async def test_cars_leave_and_come_back(ask: Client, car: Car) -> None:
    assert ask.sim.remove_car(car.id) is car
    assert await ask.cars() == []
    ask.sim.add_car(USER, car)
    assert len(await ask.cars()) == 1
    with pytest.raises(ValueError, match="id"):
        ask.sim.add_car(USER, Car(id=car.id))
    assert await ask("DELETE", f"{LIST}/{car.id}") == (200, "")
    assert ask.sim.cars == {}
    with pytest.raises(ValueError, match="account"):
        ask.sim.add_car("nobody", Car())


async def test_errors_are_json(ask: Client) -> None:
    for method, path, status in (
        ("GET", "/v1/hiven/nothing", 404), ("GET", f"{LIST}/unknown", 404),
        ("DELETE", f"{LIST}/unknown", 404), ("PATCH", LIST, 405),
    ):  # fmt: skip
        got, answer = await ask(method, path)
        assert (got, list(answer)) == (status, ["message"])


async def test_nothing_secret_is_logged(
    ask: Client, car: Car, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "simulator")
    await ask.cars()
    await ask("GET", f"{LIST}/{car.id}")
    assert "/v2/hiven/devices/{id}: 200" in caplog.text
    for secret in (KEY, USER, car.vin, car.id):
        assert secret not in caplog.text


async def test_models_are_for_keys_and_known_filters(ask: Client) -> None:
    assert (await ask.as_user(None, None)("GET", MODELS))[0] == 401
    everything = await ask.as_user(None, KEY).get(MODELS)
    assert len({model["make"] for model in everything}) == 21
    status, answer = await ask("GET", MODELS, params={"supporting": "FLYING"})
    assert (status, answer["field"]) == (400, "supporting")
