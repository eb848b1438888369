"""What Hiven says when it refuses, and that nothing personal gets into errors or logs."""

import json
import logging
import traceback
from typing import Any

import aiohttp
from hypothesis import given, strategies as st
import pytest

from custom_components.hiven.api import HivenClient, HivenConnectionError, HivenError
from custom_components.hiven.api.refusals import said_in
from simulator import Car, Simulator
from tests import API_KEY, USER_ID

from .cars import FULL_ID, LOCATION_ID, secrets_of
from .endpoints import (
    ENDPOINTS,
    GET_PREFERENCES,
    GET_SCHEDULE,
    GET_SESSIONS,
    LIST,
    POST_CONNECT,
    POST_LOCATION,
    READS,
    REDIRECT,
    VEHICLES,
    Endpoint,
)

CODE = "a-code"


async def said(client: HivenClient, endpoint: Endpoint = VEHICLES) -> str | None:
    """Return what a refused call hears."""
    with pytest.raises(HivenError) as caught:
        await endpoint.call(client)
    return caught.value.said


LONG = "no " * 100


@pytest.mark.parametrize(
    ("body", "heard"),
    [
        ({"message": "no target"}, "no target"),
        ({"error": "no target"}, "no target"),
        ({"detail": "no target"}, "no target"),
        ({"message": "no target", "error": "Bad Request"}, "no target"),
        ({"message": "", "error": "Bad Request"}, "Bad Request"),
        ({"message": ["no target", "no time"]}, "no target; no time"),
        ({"error": {"message": "no target", "code": 5}}, "no target"),
        ({"detail": [{"message": "no target"}, 5, None]}, "no target"),
        ("no target", "no target"),
        (b"no target", "no target"),
        ({"message": " no\r\n\ttarget\x00\u202e! "}, "no target !"),
        ({"message": LONG}, LONG[:200]),
        (b"caf\xe9 closed", "caf\ufffd closed"),
        ({"code": 5}, None),
        ({"message": {"deep": {"deeper": "x"}}}, None),
        ([], None),
        (5, None),
        (b"", None),
        (b" <!doctype html><title>Sorry", None),
        (b'{"message": "cut', None),
        (b"[" * 4096, None),
    ],
)
async def test_what_hiven_says(
    client: HivenClient, simulator: Simulator, body: Any, heard: str | None
) -> None:
    """Message, error or detail; else the text, if it is no page."""
    simulator.fail("GET", LIST, status=400, body=body)
    assert await said(client) == heard
    (refusal,) = client.journal.refusals
    assert (refusal.endpoint, refusal.status, refusal.said) == (
        *(VEHICLES.name, 400, heard),
    )


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"key {API_KEY} of {USER_ID}", "key *** of ***"),
        (f"KEY {API_KEY.upper()}-2", "KEY ***-2"),
        ("VIN WVWZZZE1ZMP012345.", "VIN ***."),
        ("vin wvwzzze1zmp012345!", "vin ***!"),
        ("mail jane.doe+ev@mail.example.com now", "mail *** now"),
        ("at 60.1708, 24.9375", "at ***"),
        ("at 60.17,24.93", "at ***"),
        ('"lat": -33.9, lng=18', '"***, ***'),
        ("1b4e28ba-2fa1-11d2-883f-0016d3cca427 is gone", "*** is gone"),
        ("1B4E28BA2FA111D2883F0016D3CCA427 is gone", "*** is gone"),
        ("device 64b7f0c2a9d3e1f5b6c7d8e9 is gone", "device *** is gone"),
        # What helps is kept.
        ("targetSoC.value must be 0 to 100", "targetSoC.value must be 0 to 100"),
        ("EXECUTE_START_AND_STOP is missing", "EXECUTE_START_AND_STOP is missing"),
        ("weekDaySpecificReadyTimes, v2.1.3", "weekDaySpecificReadyTimes, v2.1.3"),
        ("until 2026-01-12T10:00:00Z", "until 2026-01-12T10:00:00Z"),
    ],
)
async def test_what_is_personal_is_masked(
    client: HivenClient, simulator: Simulator, text: str, masked: str
) -> None:
    """Key, user, VIN, e-mail, coordinates and ids."""
    simulator.fail("GET", LIST, status=400, body={"message": text})
    assert await said(client) == masked


async def test_what_was_sent_is_masked(
    client: HivenClient, simulator: Simulator, full_car: Car
) -> None:
    """The vehicle, the code and the address of a location."""
    for endpoint, parrot in (
        (GET_PREFERENCES, FULL_ID),
        (POST_CONNECT, f"{CODE} {REDIRECT}"),
        (POST_LOCATION, "Liisankatu 21; 00170; Helsinki; 60.170833"),
    ):
        simulator.fail("*", "*", status=409, body={"message": f"{parrot}?"})
        heard = await said(client, endpoint)
        assert heard is not None
        assert heard.replace("***", "").strip(" ;?") == ""


async def test_a_secret_that_is_cut_in_half_is_not_shown(
    client: HivenClient, simulator: Simulator
) -> None:
    """Only 4 kB are read, and of these 200 characters are kept."""
    start = b"no" + b" " * (4096 - 2 - 8)
    simulator.fail("GET", LIST, status=400, body=start + API_KEY.encode())
    assert await said(client) == "no"
    text = "x" * 190 + " " + API_KEY
    simulator.fail("GET", LIST, status=400, body={"message": text})
    assert await said(client) == "x" * 190 + " ***"


@given(st.binary() | st.text().map(str.encode), st.text(min_size=4))
def test_no_body_breaks_the_mask(body: bytes, secret: str) -> None:
    """Whatever Hiven answers, a secret never gets out whole."""
    for raw in (body, json.dumps({"message": f"{secret} {body!r}"}).encode()):
        heard = said_in(raw, {secret})
        if heard is not None:
            assert len(heard) <= 200
            assert heard.isprintable()
            assert secret == "***" or secret not in heard


async def test_a_refusal_whose_body_does_not_come(
    client: HivenClient, simulator: Simulator
) -> None:
    """The status says enough."""
    headers = {"Content-Length": "100"}
    simulator.fail("GET", LIST, status=403, body=b"no", headers=headers)
    assert await said(client) in (None, "no")
    simulator.fail("GET", LIST, status=403, headers={"Content-Encoding": "gzip"})
    assert await said(client) is None


async def test_a_large_refusal_is_not_read_to_its_end(
    client: HivenClient, simulator: Simulator
) -> None:
    """It is neither awaited nor kept."""
    body = b"word " * 1_000_000
    simulator.fail("GET", LIST, status=500, body=body)
    assert await said(client) == ("word " * 40)[:200]


def shown_by(err: BaseException) -> str:
    """Return everything that a log could show of an exception."""
    frames = traceback.format_exception(err)
    return "\n".join((str(err), repr(err), *frames, repr(vars(err))))


@pytest.mark.parametrize(
    "wrong",
    [
        *({"status": status} for status in (302, 400, 401, 403, 404, 409, 429, 500)),
        *({"kind": kind} for kind in ("reset", "html", "huge")),
    ],
    ids=str,
)
async def test_errors_show_nothing_personal(
    client: HivenClient,
    simulator: Simulator,
    full_car: Car,
    caplog: pytest.LogCaptureFixture,
    wrong: dict[str, Any],
) -> None:
    """Whatever Hiven puts into its answers; nor does the log, however much it logs."""
    caplog.set_level(logging.DEBUG)
    hidden = {API_KEY, USER_ID, full_car.vin, "60.170833", "24.9375", "127.0.0.1"}
    parrot = " ".join(sorted(hidden - {"127.0.0.1"}))
    headers = {"Location": f"https://{API_KEY}", "Retry-After": API_KEY}
    simulator.fail("*", "*", body={"message": parrot}, headers=headers, **wrong)
    none_yet = {GET_PREFERENCES, GET_SCHEDULE, GET_SESSIONS}
    for endpoint in ENDPOINTS:
        if wrong == {"status": 404} and endpoint in none_yet:
            continue
        with pytest.raises(HivenError) as caught:
            await endpoint.call(client)
        own = {FULL_ID, LOCATION_ID, CODE, "Liisankatu", "00170"}
        shown = shown_by(caught.value)
        assert not [secret for secret in hidden | own if secret in shown]
    assert not [secret for secret in hidden if secret in caplog.text]
    assert not [secret for secret in hidden if secret in repr(client.journal.refusals)]


async def test_an_address_nobody_answers_at_is_not_shown(
    session: aiohttp.ClientSession,
) -> None:
    """Not even as the cause of the error."""
    async with Simulator() as simulator:
        url = simulator.url
    client = HivenClient(session, user_id=USER_ID, api_key=API_KEY, base_url=url)
    with pytest.raises(HivenConnectionError) as caught:
        await client.vehicles()
    assert "127.0.0.1" not in shown_by(caught.value)


async def test_nothing_personal_in_what_is_read(
    client: HivenClient,
    simulator: Simulator,
    full_car: Car,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A dataclass may end up in a log; names of cars and partners may be there."""
    caplog.set_level(logging.DEBUG)
    simulator.redirect_uris.add(REDIRECT)
    secrets = {API_KEY, *secrets_of(full_car)}
    for endpoint in READS:
        shown = repr(await endpoint.call(client))
        assert not [secret for secret in secrets if secret in shown]
    assert full_car.name in repr(await client.vehicles())
    assert API_KEY not in repr(client)
    assert not [secret for secret in secrets if secret in caplog.text]
