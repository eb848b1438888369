"""Neither errors nor dataclasses tell who, which car, or where."""

import logging
import traceback
from typing import Any

import aiohttp
import pytest

from custom_components.hiven.api import HivenClient, HivenConnectionError, HivenError
from simulator import Car, Simulator
from tests import API_KEY, USER_ID

from .cars import FULL_ID, secrets_of
from .endpoints import (
    DELETE_DEVICE,
    ENDPOINTS,
    GET_SCHEDULE,
    GET_SESSIONS,
    POST_CONNECT,
    READS,
    REDIRECT,
)

CODE = "a-code"


def secrets(car: Car) -> set[str]:
    """Return what no error may tell."""
    return {API_KEY, CODE, *secrets_of(car)}


def told_by(err: BaseException) -> str:
    """Return all that a log could show of an exception."""
    frames = traceback.format_exception(err)
    return "\n".join((str(err), repr(err), *frames, repr(vars(err))))


@pytest.mark.parametrize(
    "wrong",
    [
        *({"status": status} for status in (302, 400, 401, 403, 404, 409, 429, 500)),
        *({"kind": kind} for kind in ("reset", "html", "huge")),
        {},
    ],
    ids=str,
)
async def test_errors_tell_nothing_personal(
    client: HivenClient,
    simulator: Simulator,
    full_car: Car,
    wrong: dict[str, Any],
) -> None:
    """Whatever Hiven puts into its answers; ids of vehicles stay out as well."""
    hidden = secrets(full_car) | {FULL_ID, "127.0.0.1"}
    parrot = " ".join(hidden)
    headers = {"Location": f"https://{API_KEY}", "Retry-After": API_KEY}
    simulator.fail("*", "*", body={parrot: parrot}, headers=headers, **wrong)
    unharmed = {GET_SCHEDULE, GET_SESSIONS} if wrong == {"status": 404} else set()
    if not wrong:
        # These look for nothing in an object.
        unharmed = {DELETE_DEVICE, GET_SCHEDULE, POST_CONNECT}
    for endpoint in ENDPOINTS:
        if endpoint in unharmed:
            continue
        with pytest.raises(HivenError) as caught:
            await endpoint.call(client)
        told = told_by(caught.value)
        assert not [secret for secret in hidden if secret in told]


async def test_an_address_nobody_answers_at_is_not_told(
    session: aiohttp.ClientSession,
) -> None:
    """Not even as the cause of the error."""
    async with Simulator() as simulator:
        url = simulator.url
    client = HivenClient(session, user_id=USER_ID, api_key=API_KEY, base_url=url)
    with pytest.raises(HivenConnectionError) as caught:
        await client.devices()
    assert "127.0.0.1" not in told_by(caught.value)


async def test_wrong_fields_are_named_without_their_values(
    client: HivenClient, full_car: Car
) -> None:
    """A VIN where a year should be stays untold."""
    hidden = secrets(full_car)
    vin = full_car.vin
    for wrong in ({"year": vin}, {"vin": [vin]}, {"name": {vin: vin}}):
        full_car.details_override = {"attributes": wrong}
        (err,) = (await client.devices()).unreadable.values()
        told = told_by(err)
        assert not [secret for secret in hidden if secret in told]


async def test_nothing_personal_in_what_is_read(
    client: HivenClient, simulator: Simulator, full_car: Car
) -> None:
    """A dataclass may end up in a log; names of cars and partners may be there."""
    simulator.redirect_uris.add(REDIRECT)
    for endpoint in READS:
        shown = repr(await endpoint.call(client))
        assert not [secret for secret in secrets(full_car) if secret in shown]
    assert full_car.name in repr(await client.devices())
    assert API_KEY not in repr(client)
    assert API_KEY not in str(client)


async def test_nothing_personal_is_logged(
    client: HivenClient,
    simulator: Simulator,
    full_car: Car,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Not even when everything is logged."""
    caplog.set_level(logging.DEBUG)
    simulator.redirect_uris.add(REDIRECT)
    for endpoint in ENDPOINTS:
        if endpoint.method != "POST":
            await endpoint.call(client)
    assert not [secret for secret in secrets(full_car) if secret in caplog.text]
