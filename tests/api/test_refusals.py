"""What Hiven says when it refuses, without personal data in errors or logs."""

import json
import logging
import traceback
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.hiven.api.locations import Location, LocationUpdate, NewLocation
from custom_components.hiven.api.refusals import said_in
from tests import API_KEY, USER_ID

from . import endpoints as at
from .cars import FULL_ID, LOCATION_ID, secrets_of
from .wire import Wire

CODE = "a-code"
LONG = "no " * 100
KEPT = (
    *("targetSoC.value must be 0 to 100", "EXECUTE_START_AND_STOP is missing"),
    *("weekDaySpecificReadyTimes, v2.1.3", "until 2026-01-12T10:00:00Z", "80.5 %"),
)


@pytest.mark.parametrize(("body", "heard"), [
    *((body, "no target") for body in (
        {"message": "no target"}, {"error": "no target"}, {"detail": "no target"},
        {"message": "no target", "error": "Bad Request"}, "no target", b"no target",
        {"error": {"message": "no target", "code": 5}},
        {"detail": [{"message": "no target"}, 5, None]},
    )),
    ({"message": "", "error": "Bad Request"}, "Bad Request"),
    ({"message": ["no target", "no time"]}, "no target; no time"),
    ({"message": " no\r\n\ttarget\x00\u202e! "}, "no target !"),
    ({"message": LONG}, LONG[:200]), (b"word " * 1_000_000, ("word " * 40)[:200]),
    (b"caf\xe9 closed", "caf\ufffd closed"),
    ({"error": {"error": {"error": "three"}}}, "three"),
    *((body, None) for body in (
        b"", 5, {"code": 5}, {"message": {"deep": {"deeper": "x"}}}, b"[" * 4096,
        {"message": [[["deep"]]]}, {"error": {"error": {"error": {"error": "four"}}}},
        b" <!doctype html><title>Sorry", b'{"message": "cut',
    )),
    # Only 4 kB are read, and half a secret is not shown.
    (b"no" + b" " * (4096 - 2 - 8) + API_KEY.encode() + b" is what comes later", "no"),
    *((b'{"message": "no", "x": "' + b"x" * size + b'"}', heard)
      for size, heard in ((4070, "no"), (4071, None))),
], ids=lambda value: str(value)[:20])  # fmt: skip
async def test_what_hiven_says(wire: Wire, body: Any, heard: str | None) -> None:
    """The reason is in `message`, `error` or `detail`, or the body is plain text."""
    wire.simulator.fail("GET", at.LIST, status=400, body=body)
    assert (await wire.failure()).said == heard
    (noted,) = wire.client.journal.refusals
    assert (noted.endpoint, noted.status, noted.said) == (at.VEHICLES.name, 400, heard)


@pytest.mark.parametrize(("text", "masked"), [
    (f"key {API_KEY} of {USER_ID}", "key *** of ***"),
    (f"KEY x{API_KEY.upper()}x", "KEY x***x"),
    ("VIN WVWZZZE1ZMP012345.", "VIN ***."), ("vin wvwzzze1zmp012345!", "vin ***!"),
    ("mail jäne.doe+ev@mail.example.com now", "mail *** now"),
    *((f"at {place}", "at ***") for place in ("60.1708, 24.9375", "60.17,24.93")),
    ('"lat": -33.9, lng=18', '"***, ***'),
    ("1b4e28ba-2fa1-11d2-883f-0016d3cca427 is gone", "*** is gone"),
    ("1B4E28BA2FA111D2883F0016D3CCA427 is gone", "*** is gone"),
    ("device 64b7f0c2a9d3e1f5b6c7d8e9 is gone", "device *** is gone"),
    ("x" * 190 + f" {API_KEY}", "x" * 190 + " ***"),
    # Names of fields, constants, times and values are not masked.
    *((text, text) for text in KEPT),
])  # fmt: skip
async def test_what_is_personal_is_masked(wire: Wire, text: str, masked: str) -> None:
    """Personal data is masked before a long text is cut."""
    wire.simulator.fail("GET", at.LIST, status=400, body={"message": text})
    assert (await wire.failure()).said == masked


async def test_what_was_sent_is_masked(wire: Wire) -> None:
    for endpoint, parrot in (
        (at.GET_PREFERENCES, FULL_ID),
        (at.POST_CONNECT, f"{CODE} {at.REDIRECT}"),
        (at.GET_AUTHORIZATION_URL, at.REDIRECT),
        (at.POST_LOCATION, "Liisankatu 21; 00170; Helsinki; 60.170833"),
    ):
        wire.simulator.fail("*", "*", status=409, body={"message": f"{parrot}?"})
        heard = (await wire.failure(endpoint)).said
        assert heard is not None
        assert heard.replace("***", "").strip(" ;?") == ""
    # A short secret may be part of a word by chance.
    assert said_in(b'"xkey1x key keys"', {"key1", "key"}) == "x***x *** keys"
    # A secret may contain another one.
    assert said_in(b'"key-1234567-long"', {"key-1234567", "key-1234567-long"}) == "***"


@given(st.binary() | st.text().map(str.encode), st.text(min_size=4))
def test_no_body_breaks_the_mask(body: bytes, secret: str) -> None:
    for raw in (body, json.dumps({"message": f"{secret} {body!r}"}).encode()):
        if (heard := said_in(raw, {secret})) is not None:
            assert len(heard) <= 200
            assert heard.isprintable()
            assert secret not in heard


async def test_a_refusal_whose_body_cannot_be_read(wire: Wire) -> None:
    headers = {"Content-Encoding": "gzip"}
    wire.simulator.fail("GET", at.LIST, status=403, body=b"no", headers=headers)
    assert (await wire.failure()).said is None


def shown_by(err: BaseException) -> str:
    """Return everything that a log could show of an exception."""
    frames = traceback.format_exception(err)
    return "\n".join((str(err), repr(err), *frames, repr(vars(err))))


@pytest.mark.parametrize("wrong", [
    *({"status": status} for status in (302, 400, 401, 403, 404, 409, 429, 500)),
    *({"kind": kind} for kind in ("reset", "html", "huge")),
], ids=str)  # fmt: skip
async def test_errors_show_nothing_personal(
    wire: Wire, caplog: pytest.LogCaptureFixture, wrong: dict[str, Any]
) -> None:
    """This includes the debug log and the journal."""
    caplog.set_level(logging.DEBUG)
    sent = {API_KEY, USER_ID, wire.car.vin, "60.170833", "24.9375"}
    own = {FULL_ID, LOCATION_ID, CODE, "Liisankatu", "00170"}
    headers = {"Location": f"https://{API_KEY}", "Retry-After": API_KEY}
    body = {"message": " ".join(sorted(sent))}
    wire.simulator.fail("*", "*", body=body, headers=headers, **wrong)
    for endpoint in at.ENDPOINTS:
        if wrong == {"status": 404} and endpoint in at.NONE_YET:
            continue
        shown = shown_by(await wire.failure(endpoint))
        hidden = {*sent, *own, "127.0.0.1"}
        assert not [secret for secret in hidden if secret in shown]
    logged = caplog.text + repr(wire.client.journal.refusals)
    assert not [secret for secret in sent if secret in logged]


async def test_nothing_personal_in_what_is_read(
    wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    """A data class may end up in a log. It may name cars and partners."""
    caplog.set_level(logging.DEBUG)
    secrets = {API_KEY, *secrets_of(wire.car)}
    for endpoint in at.READS:
        shown = repr(await endpoint.call(wire.client))
        assert not [secret for secret in secrets if secret in shown]
    assert wire.car.name in repr(await wire.client.vehicles())
    assert API_KEY not in repr(wire.client)
    assert not [secret for secret in secrets if secret in caplog.text]


def test_where_a_place_is_does_not_get_into_logs() -> None:
    """Neither shown with the object, nor repeated by a refusal."""
    place: dict[str, Any] = {"latitude": 60.17, "longitude": 24.94, "city": "Espoo"}
    place |= {"postal_code": "00100", "street_address": "Katu 1"}
    new = NewLocation(name="Home", country_code="FI", **place)
    place |= {"country_code": "FI"}
    known = Location(id="home", name="Home", spot_price_area_id="FI", **place)
    assert "country" not in repr(known)
    place.pop("country_code")
    for each in (new, LocationUpdate(**place)):
        assert each.personal_texts == {str(value) for value in place.values()}
        assert not [text for text in each.personal_texts if text in f"{each}{known}"]
    assert LocationUpdate(name="Home").personal_texts == set()
