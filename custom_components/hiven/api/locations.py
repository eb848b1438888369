"""Charging locations: places where a car charges smartly."""

from dataclasses import dataclass, field
from typing import Any

from .parsing import Fields
from .ranges import is_latitude, is_longitude


def _latitude(fields: Fields) -> float | None:
    return fields.object("coordinates").number("latitude", is_latitude)


def _longitude(fields: Fields) -> float | None:
    return fields.object("coordinates").number("longitude", is_longitude)


@dataclass(frozen=True, kw_only=True)
class ChargingLocation:
    """A location in the preferences of a vehicle."""

    id: str | None
    location_id: str | None = field(repr=False)
    latitude: float | None = field(repr=False)
    longitude: float | None = field(repr=False)
    country_code: str | None = field(repr=False)
    postal_code: str | None = field(repr=False)
    spot_price_area_id: str | None

    @classmethod
    def from_fields(cls, fields: Fields) -> ChargingLocation:
        """Create one from an answer."""
        return cls(
            id=fields.text("id"),
            location_id=fields.text("locationId"),
            latitude=_latitude(fields),
            longitude=_longitude(fields),
            country_code=fields.text("countryCode"),
            postal_code=fields.text("postalCode"),
            spot_price_area_id=fields.text("spotPriceAreaId"),
        )


@dataclass(frozen=True, kw_only=True)
class Location:
    """A location of a user. Hiven adds `id` and `spot_price_area_id`."""

    id: str
    name: str | None
    latitude: float | None = field(repr=False)
    longitude: float | None = field(repr=False)
    country_code: str | None = field(repr=False)
    postal_code: str | None = field(repr=False)
    street_address: str | None = field(repr=False)
    city: str | None = field(repr=False)
    spot_price_area_id: str | None

    @classmethod
    def from_fields(cls, fields: Fields) -> Location | None:
        """Create one from an answer; None if there is no id."""
        if (location_id := fields.needed_text("id")) is None:
            return None
        return cls(
            id=location_id,
            name=fields.text("name"),
            latitude=_latitude(fields),
            longitude=_longitude(fields),
            country_code=fields.text("countryCode"),
            postal_code=fields.text("postalCode"),
            street_address=fields.text("streetAddress"),
            city=fields.text("city"),
            spot_price_area_id=fields.text("spotPriceAreaId"),
        )

    @property
    def personal_texts(self) -> set[str]:
        """Its name and where it is, as an answer might repeat them."""
        texts = (self.name, self.postal_code, self.street_address, self.city)
        return set(filter(None, texts))


@dataclass(frozen=True, kw_only=True)
class LocationUpdate:
    """The fields of a location to change; None leaves Hiven's value alone."""

    name: str | None = None
    latitude: float | None = field(default=None, repr=False)
    longitude: float | None = field(default=None, repr=False)
    country_code: str | None = None
    postal_code: str | None = field(default=None, repr=False)
    street_address: str | None = field(default=None, repr=False)
    city: str | None = field(default=None, repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return the body of the request."""
        coordinates = _present(latitude=self.latitude, longitude=self.longitude)
        return _present(
            name=self.name,
            coordinates=coordinates or None,
            countryCode=self.country_code,
            postalCode=self.postal_code,
            streetAddress=self.street_address,
            city=self.city,
        )

    @property
    def personal_texts(self) -> set[str]:
        """Texts that show where the place is, to be masked in answers."""
        degrees = (self.latitude, self.longitude)
        return {
            *(str(each) for each in degrees if each is not None),
            *filter(None, (self.postal_code, self.street_address, self.city)),
        }


@dataclass(frozen=True, kw_only=True)
class NewLocation(LocationUpdate):
    """A location to create; coordinates in degrees, country as ISO 3166-1 alpha-2."""

    name: str
    latitude: float = field(repr=False)
    longitude: float = field(repr=False)
    country_code: str
    postal_code: str = field(repr=False)
    street_address: str = field(repr=False)
    city: str = field(repr=False)


def _present(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
