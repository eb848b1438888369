"""Brands and models: their names, how a car is matched, and what it needs."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.hiven import api
from simulator import Car
from simulator.brands import BRANDS as SIMULATED_BRANDS
from tests import USER_ID

from .wire import Wire

CAR = api.Attributes(
    manufacturer="VOLKSWAGEN", model="ID.4", year=2023, engine_type="BEV"
)
ID4 = api.VehicleModel(
    make="VOLKSWAGEN", model="ID.4", type="BEV",
    year_from=2020, year_to=2026, capabilities=frozenset(),
)  # fmt: skip


def test_all_brands_of_hiven_are_offered() -> None:
    assert {id_: brand.name for id_, brand in SIMULATED_BRANDS.items()} == api.BRANDS


@pytest.mark.parametrize(("text", "expected"), [
    *((text, "LANDROVER") for text in ("Land Rover", "land-rover", "LANDROVER")),
    *((text, "CITROEN") for text in ("Citroën", "citroe\u0308n")),
    *((text, "SKODA") for text in ("Škoda", " skoda ")),
    *(("VW", "VOLKSWAGEN"), ("Mercedes-Benz", "MERCEDES-BENZ")),
    *(("比亚迪", "比亚迪"), ("", "")),
])  # fmt: skip
def test_brands_as_people_spell_them(text: str, expected: str) -> None:
    assert api.brand_id(text) == expected
    assert api.brand_name(text) == (api.BRANDS.get(expected, text) if text else None)
    assert api.brand_name(None) is None


def test_brands_are_sorted_and_there_once() -> None:
    makes = ("VOLVO", "Land Rover", "BMW", "volvo")
    models = tuple(replace(ID4, make=make) for make in makes)
    assert api.brands(models) == ["BMW", "LANDROVER", "VOLVO"]
    assert api.brands(()) == []


@pytest.mark.parametrize(("car", "row", "is_matched"), [
    ({}, {}, True),
    ({"manufacturer": "Volkswagen", "model": "id4", "year": 2020}, {}, True),
    ({"manufacturer": "VW", "model": "ÌD 4", "year": 2026}, {}, True),
    *(({"year": year}, {}, False) for year in (2019, 2027, None)),
    *(({"model": model}, {}, False) for model in ("ID.4 GTX", "ID.3", None)),
    *(({"manufacturer": make}, {}, False) for make in ("SKODA", None)),
    # A missing year is no limit. A row without a model matches no car.
    *(({}, {key: None}, True) for key in ("year_from", "year_to", "type")),
    *(({}, each, False) for each in ({"year_from": 2024}, {"year_to": 2022})),
    ({}, {"make": "Volkswagen"}, True), ({}, {"model": None}, False),
    # A brand that is not in the list is compared like a model name.
    ({"manufacturer": "MERCEDES BENZ"}, {"make": "Mercedes-Benz"}, True),
])  # fmt: skip
def test_a_model_is_matched_by_make_model_and_year(
    car: dict[str, Any], row: dict[str, Any], is_matched: bool
) -> None:
    """Case, accents, spaces and punctuation do not matter."""
    models = (replace(ID4, **row),)
    assert api.models_of(replace(CAR, **car), models) == (models if is_matched else ())


@pytest.mark.parametrize(("engine", "types", "fitting"), [
    ("BEV", ("PHEV", "BEV"), ("BEV",)),
    ("PHEV", ("PHEV", "BEV", "PHEV"), ("PHEV", "PHEV")),
    (None, ("PHEV", "BEV"), ("PHEV", "BEV")),
    ("BEV", ("PHEV", None), ("PHEV", None)),
    ("BEV", ("PHEV",), ("PHEV",)), (None, (None,), (None,)),
])  # fmt: skip
def test_several_rows_of_a_model(
    engine: str | None, types: tuple[str | None, ...], fitting: tuple[str | None, ...]
) -> None:
    """The rows for the car's engine are returned, or all rows if none fits."""
    models = tuple(replace(ID4, type=type_) for type_ in types)
    found = api.models_of(replace(CAR, engine_type=engine), models)
    assert tuple(model.type for model in found) == fitting


async def test_every_model_of_the_list_is_found_again(wire: Wire) -> None:
    models = await wire.client.supported_vehicles()
    for row in models:
        car = Car(manufacturer=row.make, model=row.model or "", year=row.year_to or 0)
        wire.simulator.add_car(USER_ID, car)
    vehicles = (await wire.client.vehicles()).vehicles.values()
    found = {row for each in vehicles for row in api.models_of(each.attributes, models)}
    assert found == set(models)


NEED_KEYS = [
    *(("Model 3", 2017), ("MODEL 3", 2023), ("3", 2020), ("Model 3 Long Range", 2020)),
    *(("Model Y", 2021), ("Model S", 2021), ("Model X", 2021), ("Model X", None)),
    *(("Cybertruck", 2024), ("Model", 2019), (None, 2019), (None, None)),
]
NEED_NO_KEYS = [
    *(("Model S", 2019), ("Model S", 2020), ("Model S 75D", 2016), ("ModelS", 2016)),
    ("X", 2020),
]


@pytest.mark.parametrize(
    ("make", "chosen"), [("TESLA", "TESLA"), ("Tesla", "KIA"), (None, " tesla ")]
)
def test_which_tesla_needs_a_virtual_key(make: str | None, chosen: str) -> None:
    """Only a Model S or X built before 2021 needs no virtual key."""
    for model, year in (*NEED_KEYS, *NEED_NO_KEYS):
        attributes = api.Attributes(manufacturer=make, model=model, year=year)
        needed = (model, year) in NEED_KEYS
        assert api.needs_virtual_key(attributes, chosen) is needed, (model, year)


def test_other_brands_need_no_virtual_key() -> None:
    attributes = api.Attributes(manufacturer="KIA", model="Model 3", year=2023)
    assert not api.needs_virtual_key(attributes, "TESLA")
    assert api.needs_virtual_key(None, "TESLA")
    assert not api.needs_virtual_key(None, "KIA")


@pytest.mark.parametrize(("names", "shown"), [
    ({"name": "Aurora", "manufacturer": "VW", "model": "ID.4"}, "Aurora"),
    ({"manufacturer": "VW", "model": "ID.4"}, "Volkswagen ID.4"),
    ({"manufacturer": "VW"}, "Volkswagen"), ({"model": "ID.4"}, "ID.4"), ({}, "EV"),
])  # fmt: skip
def test_display_name(names: dict[str, Any], shown: str) -> None:
    vehicle = api.Vehicle(id="car-1", attributes=api.Attributes(**names))
    assert vehicle.display_name == shown


@pytest.mark.parametrize("ids", [(), ("charger-1",)])
@pytest.mark.parametrize("known", [None, False, True])
def test_has_charger(known: bool | None, ids: tuple[str, ...]) -> None:
    car = api.Vehicle(id="", associated_to_charger=known, associated_charger_ids=ids)
    assert car.has_charger is bool(known or ids)


@pytest.mark.parametrize(("value", "written"), [(80.0, "80"), (80.5, "80.5")])
def test_whole_numbers_are_written_whole(value: float, written: str) -> None:
    assert str(api.StateOfCharge(value=value).to_json()["value"]) == written
