"""The models in Hiven's capabilities list, and cars of these models."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from .brands import BRANDS
from .car import Car


class Capability(StrEnum):
    """What a model can do."""

    READ_LOCATION = "READ_LOCATION"
    EXECUTE_START_AND_STOP = "EXECUTE_START_AND_STOP"
    READ_BATTERY_CAPACITY = "READ_BATTERY_CAPACITY"


@dataclass(frozen=True)
class Model:
    """A model, and the years in which it was built."""

    make: str
    name: str
    first_year: int
    last_year: int
    type: str
    battery_kwh: float
    range_km: int
    capabilities: frozenset[Capability]

    def car(self, seed: int, car_id: str) -> Car:
        """Return a car of this model, always the same for the same seed and id."""
        years = self.last_year - self.first_year + 1
        return Car(
            id=car_id,
            manufacturer=self.make,
            model=self.name,
            year=self.first_year + seed % years,
            engine_type=self.type,
            battery_capacity=self.battery_kwh,
            km_per_percent=self.range_km / 100,
            charger_power=11.0 if self.type == "BEV" else 3.7,
            soc=float(20 + seed % 50),
            reports_capacity=Capability.READ_BATTERY_CAPACITY in self.capabilities,
            location_supported=Capability.READ_LOCATION in self.capabilities,
        )


def with_hybrids(models: Iterable[Model]) -> Iterator[Model]:
    """Insert a hybrid that cannot start and stop before each model that can."""
    able = Capability.EXECUTE_START_AND_STOP
    for model in models:
        if model.type == "BEV" and able in model.capabilities:
            yield replace(model, type="PHEV", capabilities=model.capabilities - {able})
        yield model


def _model(row: str) -> Model:
    make, name, years, engine, kwh, km, letters = map(str.strip, row.split("|"))
    first, last = years.split("-")
    by_letter = {
        "L": Capability.READ_LOCATION,
        "S": Capability.EXECUTE_START_AND_STOP,
        "C": Capability.READ_BATTERY_CAPACITY,
    }
    capabilities = frozenset(by_letter[letter] for letter in letters)
    return Model(
        BRANDS[make].id,
        name,
        int(first),
        int(last),
        engine,
        float(kwh),
        int(km),
        capabilities,
    )


# L: reads the location. S: starts and stops. C: reads the battery capacity.
MODELS = tuple(
    _model(row)
    for row in """
    BMW        | i4             | 2021-2026 | BEV  | 80.7 | 520 | LSC
    BMW        | 330e           | 2019-2026 | PHEV | 12.0 |  60 | L
    CITROEN    | ë-C4           | 2020-2026 | BEV  | 50.0 | 350 | LS
    CUPRA      | Born           | 2021-2026 | BEV  | 77.0 | 510 | LSC
    DACIA      | Spring         | 2021-2026 | BEV  | 26.8 | 220 | L
    DS         | 3 E-Tense      | 2019-2026 | BEV  | 50.8 | 400 | LS
    FORD       | Mustang Mach-E | 2020-2026 | BEV  | 88.0 | 540 | LSC
    HYUNDAI    | IONIQ 5        | 2021-2026 | BEV  | 77.4 | 480 | LS
    JAGUAR     | I-PACE         | 2018-2025 | BEV  | 84.7 | 440 | LSC
    JEEP       | Avenger        | 2023-2026 | BEV  | 50.8 | 390 | LS
    KIA        | EV6            | 2021-2026 | BEV  | 77.4 | 500 | LS
    KIA        | Niro PHEV      | 2022-2026 | PHEV | 11.1 |  60 | L
    LANDROVER  | Defender PHEV  | 2020-2026 | PHEV | 15.4 |  45 | LC
    MG         | MG4            | 2022-2026 | BEV  | 61.7 | 430 | L
    MINI       | Cooper SE      | 2020-2026 | BEV  | 49.2 | 380 | LSC
    OPEL       | Mokka-e        | 2020-2026 | BEV  | 50.8 | 390 | LS
    PEUGEOT    | e-208          | 2019-2026 | BEV  | 48.1 | 390 | LS
    SKODA      | Enyaq          | 2020-2026 | BEV  | 77.0 | 530 | LSC
    TESLA      | Model 3        | 2017-2026 | BEV  | 75.0 | 540 | LSC
    TESLA      | Model S        | 2012-2026 | BEV  | 95.0 | 620 | LSC
    TESLA      | Model X        | 2015-2026 | BEV  | 95.0 | 550 | LSC
    TESLA      | Model Y        | 2020-2026 | BEV  | 75.0 | 500 | LSC
    TOYOTA     | bZ4X           | 2022-2026 | BEV  | 64.0 | 440 | LC
    VAUXHALL   | Corsa Electric | 2020-2026 | BEV  | 48.1 | 390 | LS
    VOLKSWAGEN | ID.3           | 2020-2026 | BEV  | 58.0 | 400 | LSC
    VOLKSWAGEN | ID.4           | 2020-2026 | BEV  | 77.0 | 480 | LSC
    VOLVO      | EX30           | 2023-2026 | BEV  | 64.0 | 440 | LSC
    VOLVO      | XC60 Recharge  | 2017-2026 | PHEV | 14.9 |  65 | S
    """.strip().splitlines()
)
