"""What the dataclasses tell beside their fields."""

from dataclasses import FrozenInstanceError, replace
from typing import Any

import pytest

from custom_components.hiven.api import (
    Attributes,
    HivenClient,
    Preferences,
    StateOfCharge,
    Vehicle,
    VehicleModel,
    brands,
    capabilities_of,
)
from simulator import Car, Simulator
from tests import USER_ID

NOBODY = Attributes(
    partner_id=None,
    partner_name=None,
    external_id=None,
    user_id=None,
    vin=None,
    manufacturer=None,
    year=None,
    model=None,
    name=None,
    device_type=None,
    engine_type=None,
)
ID4 = VehicleModel(
    make="VOLKSWAGEN",
    model="ID.4",
    year_from=2020,
    year_to=2026,
    type="BEV",
    capabilities=frozenset(),
)
BARE = Vehicle(
    id="car-1",
    type="EV",
    integration=None,
    associated_to_charger=None,
    associated_charger_ids=(),
    created_at=None,
    attributes=NOBODY,
    location_supported=None,
    preferences=None,
)


@pytest.mark.parametrize(
    ("make", "model", "year", "is_matched"),
    [
        ("VOLKSWAGEN", "ID.4", 2023, True),
        ("Volkswagen", "id4", 2023, True),
        ("volks-wagen", "ID 4", 2023, True),
        ("VOLKSWAGEN", "ID.4", 2020, True),
        ("VOLKSWAGEN", "ID.4", 2026, True),
        ("VOLKSWAGEN", "ID.4", 2019, False),
        ("VOLKSWAGEN", "ID.4", 2027, False),
        ("VOLKSWAGEN", "ID.4 GTX", 2023, False),
        ("VOLKSWAGEN", "ID.3", 2023, False),
        ("SKODA", "ID.4", 2023, False),
        ("VOLKSWAGEN", "ID.4", None, False),
        ("VOLKSWAGEN", None, 2023, False),
        (None, "ID.4", 2023, False),
    ],
)
def test_a_model_is_matched_by_make_model_and_year(
    make: str | None, model: str | None, year: int | None, is_matched: bool
) -> None:
    """Exactly, but for case, spaces and punctuation."""
    attributes = replace(NOBODY, manufacturer=make, model=model, year=year)
    assert ID4.matches(attributes) is is_matched
    assert capabilities_of(attributes, (ID4,)) is (ID4 if is_matched else None)


@pytest.mark.parametrize(
    ("changes", "is_matched"),
    [
        ({"year_from": None}, True),
        ({"year_to": None}, True),
        ({"year_from": None, "year_to": None}, True),
        ({"year_from": 2024}, False),
        ({"year_to": 2022}, False),
        ({"model": None}, False),
    ],
)
def test_open_ranges_of_years(changes: dict[str, Any], is_matched: bool) -> None:
    """An end nobody knows is open; a model nobody knows is no match."""
    attributes = replace(NOBODY, manufacturer="VOLKSWAGEN", model="ID.4", year=2023)
    assert replace(ID4, **changes).matches(attributes) is is_matched


@pytest.mark.parametrize(("make", "model"), [("Škoda", "Enyaq"), ("CITROËN", "ë-c4")])
def test_letters_of_other_alphabets_count(make: str, model: str) -> None:
    """They are neither dropped nor taken for others."""
    listed = replace(ID4, make=make, model=model)
    there = replace(NOBODY, manufacturer=make.lower(), model=model.upper(), year=2023)
    assert listed.matches(there)
    assert not listed.matches(replace(there, model=model[1:]))


def test_of_several_matches_the_first_counts() -> None:
    """And none of none."""
    later = replace(ID4, type="PHEV")
    attributes = replace(NOBODY, manufacturer="VOLKSWAGEN", model="ID.4", year=2023)
    assert capabilities_of(attributes, (ID4, later)) is ID4
    assert capabilities_of(attributes, ()) is None


async def test_every_model_of_the_list_is_found_again(
    client: HivenClient, simulator: Simulator
) -> None:
    """A car as the cloud describes it matches its own row."""
    models = await client.supported_vehicles()
    for model in models:
        simulator.add_car(
            USER_ID,
            Car(
                manufacturer=model.make,
                model=model.model or "",
                year=model.year_to or 0,
            ),
        )
    vehicles = (await client.devices()).vehicles.values()
    found = {capabilities_of(vehicle.attributes, models) for vehicle in vehicles}
    assert found == set(models)


def test_brands_are_sorted_and_there_once() -> None:
    """The supported makes."""
    models = tuple(replace(ID4, make=make) for make in ("VOLVO", "BMW", "VOLVO"))
    assert brands(models) == ["BMW", "VOLVO"]
    assert brands(()) == []


@pytest.mark.parametrize(
    ("name", "make", "model", "shown"),
    [
        ("Aurora", "VOLKSWAGEN", "ID.4", "Aurora"),
        (None, "VOLKSWAGEN", "ID.4", "VOLKSWAGEN ID.4"),
        ("", "VOLKSWAGEN", None, "VOLKSWAGEN"),
        (None, None, "ID.4", "ID.4"),
        (None, None, None, "EV"),
    ],
)
def test_display_name(
    name: str | None, make: str | None, model: str | None, shown: str
) -> None:
    """The car's name, else make and model."""
    attributes = replace(NOBODY, name=name, manufacturer=make, model=model)
    assert replace(BARE, attributes=attributes).display_name == shown


@pytest.mark.parametrize(
    ("associated", "ids", "has_charger"),
    [
        (True, (), True),
        (None, ("charger-1",), True),
        (False, ("charger-1",), True),
        (False, (), False),
        (None, (), False),
    ],
)
def test_has_charger(
    associated: bool | None, ids: tuple[str, ...], has_charger: bool
) -> None:
    """Either field is enough."""
    vehicle = replace(
        BARE, associated_to_charger=associated, associated_charger_ids=ids
    )
    assert vehicle.has_charger is has_charger


@pytest.mark.parametrize(("value", "written"), [(80.0, "80"), (80.5, "80.5")])
def test_whole_numbers_are_written_whole(value: float, written: str) -> None:
    """As Hiven prints them."""
    assert str(StateOfCharge(value=value).to_json()["value"]) == written


@pytest.mark.parametrize("value", [BARE, NOBODY, ID4, Preferences()])
def test_what_was_read_cannot_be_changed(value: Any) -> None:
    """It is shared by many."""
    with pytest.raises(FrozenInstanceError):
        value.id = "other"
