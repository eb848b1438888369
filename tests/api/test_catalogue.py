"""Brands and models: which they are, and what a car needs and can do."""

from dataclasses import FrozenInstanceError, replace
from typing import Any

import pytest

from custom_components.hiven.api import (
    BRANDS,
    Attributes,
    HivenClient,
    LocationUpdate,
    Preferences,
    StateOfCharge,
    Vehicle,
    VehicleModel,
    brand_id,
    brand_name,
    brands,
    models_of,
    needs_virtual_key,
)
from simulator import Car, Simulator
from simulator.brands import BRANDS as SIMULATED_BRANDS
from tests import USER_ID

CAR = Attributes(manufacturer="VOLKSWAGEN", model="ID.4", year=2023, engine_type="BEV")
ID4 = VehicleModel(
    make="VOLKSWAGEN",
    model="ID.4",
    year_from=2020,
    year_to=2026,
    type="BEV",
    capabilities=frozenset(),
)


def test_all_brands_of_hiven_are_offered() -> None:
    """Hiven's names for them, with people's names beside."""
    assert {id_: brand.name for id_, brand in SIMULATED_BRANDS.items()} == BRANDS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Land Rover", "LANDROVER"),
        ("land-rover", "LANDROVER"),
        ("LANDROVER", "LANDROVER"),
        ("Citroën", "CITROEN"),
        ("citroe\u0308n", "CITROEN"),
        ("Škoda", "SKODA"),
        (" skoda ", "SKODA"),
        ("VW", "VOLKSWAGEN"),
        ("Polestar ", "POLESTAR"),
        ("Mercedes-Benz", "MERCEDES-BENZ"),
        ("比亚迪", "比亚迪"),
        ("", ""),
    ],
)
def test_brands_as_people_spell_them(text: str, expected: str) -> None:
    """Case, accents, spaces and punctuation do not count."""
    assert brand_id(text) == expected
    assert brand_name(text) == (BRANDS.get(expected, text) if text else None)
    assert brand_name(None) is None


def test_brands_are_sorted_and_there_once() -> None:
    """The supported brands, by Hiven's names."""
    makes = ("VOLVO", "Land Rover", "BMW", "volvo")
    models = tuple(replace(ID4, make=make) for make in makes)
    assert brands(models) == ["BMW", "LANDROVER", "VOLVO"]
    assert brands(()) == []


@pytest.mark.parametrize(
    ("make", "model", "year", "is_matched"),
    [
        ("VOLKSWAGEN", "ID.4", 2023, True),
        ("Volkswagen", "id4", 2020, True),
        ("VW", "ÌD 4", 2026, True),
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
    """Exactly, but for case, accents, spaces and punctuation."""
    attributes = replace(CAR, manufacturer=make, model=model, year=year)
    assert models_of(attributes, (ID4,)) == ((ID4,) if is_matched else ())


@pytest.mark.parametrize(
    ("changes", "is_matched"),
    [
        ({"make": "Volkswagen"}, True),
        ({"year_from": None}, True),
        ({"year_to": None}, True),
        ({"year_from": 2024}, False),
        ({"year_to": 2022}, False),
        ({"model": None}, False),
    ],
)
def test_rows_of_the_list(changes: dict[str, Any], is_matched: bool) -> None:
    """An end nobody knows is open; a model nobody knows is no match."""
    row = replace(ID4, **changes)
    assert models_of(CAR, (row,)) == ((row,) if is_matched else ())


def test_unknown_makes_match_by_letters() -> None:
    """A brand that is not in the list is compared like a model."""
    row = replace(ID4, make="Mercedes-Benz", model="EQA")
    car = replace(CAR, manufacturer="MERCEDES BENZ", model="EQ-A")
    assert models_of(car, (row,)) == (row,)


@pytest.mark.parametrize(
    ("engine", "types", "fitting"),
    [
        ("BEV", ("PHEV", "BEV"), ("BEV",)),
        ("PHEV", ("PHEV", "BEV", "PHEV"), ("PHEV", "PHEV")),
        (None, ("PHEV", "BEV"), ("PHEV", "BEV")),
        ("BEV", ("PHEV", None), ("PHEV", None)),
        ("BEV", ("PHEV",), ("PHEV",)),
        (None, (None,), (None,)),
    ],
)
def test_several_rows_of_a_model(
    engine: str | None, types: tuple[str | None, ...], fitting: tuple[str | None, ...]
) -> None:
    """Those of the car's engine, else all."""
    models = tuple(replace(ID4, type=type_) for type_ in types)
    found = models_of(replace(CAR, engine_type=engine), models)
    assert tuple(model.type for model in found) == fitting


async def test_every_model_of_the_list_is_found_again(
    client: HivenClient, simulator: Simulator
) -> None:
    """A car as the cloud describes it matches its own row."""
    models = await client.supported_vehicles()
    for model in models:
        car = Car(
            manufacturer=model.make, model=model.model or "", year=model.year_to or 0
        )
        simulator.add_car(USER_ID, car)
    vehicles = (await client.vehicles()).vehicles.values()
    found = {row for each in vehicles for row in models_of(each.attributes, models)}
    assert found == set(models)


@pytest.mark.parametrize(
    ("model", "year", "needed"),
    [
        ("Model 3", 2017, True),
        ("MODEL 3", 2023, True),
        ("3", 2020, True),
        ("Model 3 Long Range", 2020, True),
        ("Model Y", 2021, True),
        ("Model S", 2019, False),
        ("Model S", 2020, False),
        ("Model S", 2021, True),
        ("Model S 75D", 2016, False),
        ("ModelS", 2016, False),
        ("X", 2020, False),
        ("Model X", 2021, True),
        ("Model X", None, True),
        ("Cybertruck", 2024, True),
        ("Model", 2019, True),
        (None, 2019, True),
        (None, None, True),
    ],
)
@pytest.mark.parametrize(
    ("make", "chosen"),
    [("TESLA", "TESLA"), ("Tesla", "KIA"), (None, " tesla ")],
    ids=["both", "the car", "the choice"],
)
def test_which_tesla_needs_a_virtual_key(
    make: str | None, chosen: str, model: str | None, year: int | None, needed: bool
) -> None:
    """Only a Model S or X from before 2021 surely does without."""
    attributes = Attributes(manufacturer=make, model=model, year=year)
    assert needs_virtual_key(attributes, chosen) is needed


def test_other_brands_need_no_virtual_key() -> None:
    """The car's own make counts, else the chosen brand."""
    attributes = Attributes(manufacturer="KIA", model="Model 3", year=2023)
    assert not needs_virtual_key(attributes, "TESLA")
    assert needs_virtual_key(None, "TESLA")
    assert not needs_virtual_key(None, "KIA")


@pytest.mark.parametrize(
    ("name", "make", "model", "shown"),
    [
        ("Aurora", "VOLKSWAGEN", "ID.4", "Aurora"),
        (None, "VOLKSWAGEN", "ID.4", "VOLKSWAGEN ID.4"),
        (None, "VOLKSWAGEN", None, "VOLKSWAGEN"),
        (None, None, "ID.4", "ID.4"),
        (None, None, None, "EV"),
    ],
)
def test_display_name(
    name: str | None, make: str | None, model: str | None, shown: str
) -> None:
    """The car's name, else make and model."""
    attributes = Attributes(name=name, manufacturer=make, model=model)
    assert Vehicle(id="car-1", attributes=attributes).display_name == shown


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
    vehicle = Vehicle(
        id="car-1", associated_to_charger=associated, associated_charger_ids=ids
    )
    assert vehicle.has_charger is has_charger


@pytest.mark.parametrize(("value", "written"), [(80.0, "80"), (80.5, "80.5")])
def test_whole_numbers_are_written_whole(value: float, written: str) -> None:
    """As Hiven prints them."""
    assert str(StateOfCharge(value=value).to_json()["value"]) == written


@pytest.mark.parametrize(
    "value", [Vehicle(id="car-1"), CAR, ID4, Preferences(), LocationUpdate()]
)
def test_what_was_read_cannot_be_changed(value: Any) -> None:
    """It is shared by many."""
    with pytest.raises(FrozenInstanceError):
        value.id = "other"
