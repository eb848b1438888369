"""A car with every field that Hiven documents."""

from simulator import Car, Simulator
from tests import USER_ID

FULL_ID = "car-full"
LOCATION_ID = "location-home"
LOCATION = {
    "name": "Home", "coordinates": {"latitude": 60.170833, "longitude": 24.9375},
    "countryCode": "FI", "postalCode": "00170", "streetAddress": "Liisankatu 21",
    "city": "Helsinki",
}  # fmt: skip


def add_full_car(simulator: Simulator) -> Car:
    location = simulator.store_location(USER_ID, LOCATION_ID, LOCATION)
    return simulator.add_car(
        USER_ID,
        Car(
            id=FULL_ID, name="Family car", manufacturer="VOLKSWAGEN", model="ID.4",
            year=2023, soc=50.0, associated_charger_ids=["charger-1"],
            preferences={
                "chargingBehavior": "SMART_CHARGE_AT_LOCATION", "readyTime": "07:00",
                "weekDaySpecificReadyTimes": {"SATURDAY": "09:30", "SUNDAY": "00:00"},
                "targetSoC": {"value": 80, "unit": "PERCENT"}, "batteryCapacity": 74.5,
                "minimalSoC": {"value": 120, "unit": "KM"},
                "chargingLocationIds": [location["id"]], "defaultSpotPriceAreaId": "FI",
            },
        ),
    )  # fmt: skip


def secrets_of(car: Car) -> set[str]:
    """Return what must not be logged: the user, the car and the address."""
    place = {"00170", "60.17", "24.93", "Liisankatu"}
    return {USER_ID, car.vin, car.external_id, *place}
