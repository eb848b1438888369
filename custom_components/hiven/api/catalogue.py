"""The brands and models that Hiven supports, and their capabilities."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from .brands import brand_id, plain
from .models import Attributes, EngineType
from .parsing import Fields

# Model S and Model X from before this year need no virtual key.
_VIRTUAL_KEY_SINCE = 2021


class Capability(StrEnum):
    """What a model can do through SmartCar."""

    READ_LOCATION = "READ_LOCATION"
    EXECUTE_START_AND_STOP = "EXECUTE_START_AND_STOP"
    READ_BATTERY_CAPACITY = "READ_BATTERY_CAPACITY"


@dataclass(frozen=True, kw_only=True)
class VehicleModel:
    """A model SmartCar supports; `type` is an EngineType."""

    make: str
    model: str | None
    year_from: int | None
    year_to: int | None
    type: str | None
    capabilities: frozenset[str]

    @classmethod
    def from_fields(cls, fields: Fields) -> VehicleModel | None:
        """Create one from an answer; None if there is no make."""
        if (make := fields.needed_text("make")) is None:
            return None
        years = fields.object("yearRange")
        return cls(
            make=make,
            model=fields.text("model"),
            year_from=years.integer("start"),
            year_to=years.integer("end"),
            type=fields.choice("type", EngineType),
            capabilities=fields.choices("capabilities", Capability),
        )

    def matches(self, attributes: Attributes) -> bool:
        """Return whether make, model and year match a vehicle.

        Only letters and digits of make and model are compared. The year must be known
        and in range.
        """
        return (
            attributes.year is not None
            and attributes.manufacturer is not None
            and attributes.model is not None
            and self.model is not None
            and plain(brand_id(self.make)) == plain(brand_id(attributes.manufacturer))
            and plain(self.model) == plain(attributes.model)
            and (self.year_from is None or self.year_from <= attributes.year)
            and (self.year_to is None or attributes.year <= self.year_to)
        )


def models_of(
    attributes: Attributes, models: Iterable[VehicleModel]
) -> tuple[VehicleModel, ...]:
    """Return the models that a vehicle can be.

    If models with the vehicle's engine type match, only these are returned.
    """
    fitting = tuple(model for model in models if model.matches(attributes))
    same_engine = tuple(
        model
        for model in fitting
        if model.type is not None and model.type == attributes.engine_type
    )
    return same_engine or fitting


def brands(models: Iterable[VehicleModel]) -> list[str]:
    """Return the supported brands, sorted."""
    return sorted({brand_id(model.make) for model in models})


def needs_virtual_key(attributes: Attributes | None, chosen_brand: str) -> bool:
    """Return whether Hiven can control a car only after its owner adds a virtual key.

    This depends on the connected car's make, else the chosen brand. A Tesla of
    unknown model or year may need one.
    """
    make = (attributes and attributes.manufacturer) or chosen_brand
    if brand_id(make) != "TESLA":
        return False
    if attributes is None or attributes.model is None or attributes.year is None:
        return True
    letter = attributes.model.casefold().removeprefix("model").split()[:1]
    return letter not in (["s"], ["x"]) or attributes.year >= _VIRTUAL_KEY_SINCE
