"""The brands, and which cars need a virtual key."""

from typing import Any

import pytest

from custom_components.hiven.api import Attributes
from custom_components.hiven.api.parsing import Fields
from custom_components.hiven.brands import BRANDS, needs_virtual_key
from simulator.brands import BRANDS as SIMULATED_BRANDS


def attributes(**facts: Any) -> Attributes:
    """Return what Hiven says a car is."""
    return Attributes.from_fields(Fields(facts, "test"))


def test_all_brands_of_hiven_are_offered() -> None:
    """With Hiven's word for each and the name people know."""
    assert {id_: brand.name for id_, brand in SIMULATED_BRANDS.items()} == BRANDS


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
    """All except a Model S or X that is known to be from before 2021."""
    facts = attributes(manufacturer=make, model=model, year=year)
    assert needs_virtual_key(facts, chosen) is needed


def test_the_cars_own_make_counts_before_the_choice() -> None:
    """Of a car that cannot be read only the choice is known."""
    facts = attributes(manufacturer="KIA", model="Model 3", year=2023)
    assert not needs_virtual_key(facts, "TESLA")
    assert needs_virtual_key(None, "TESLA")
    assert not needs_virtual_key(None, "KIA")
