"""Forms for setting up an account and its cars."""

import os
from typing import Any

from homeassistant.const import CONF_API_KEY, CONF_COUNTRY_CODE, CONF_MODE
from homeassistant.data_entry_flow import SectionConfig, section
from homeassistant.helpers.selector import (
    BooleanSelector,
    ConstantSelector,
    ConstantSelectorConfig,
    CountrySelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    QrCodeSelector,
    QrCodeSelectorConfig,
    QrErrorCorrectionLevel,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
    TimeSelector,
)
import voluptuous as vol

from .api import BRANDS, AuthorizationMode, ChargingBehavior, Vehicle
from .const import CONF_SERVICE_ADDRESS, ENV_API_URL, VIRTUAL_KEY_URL

CONF_CHARGING_BEHAVIOR = "charging_behavior"
CONF_CONFIRM = "confirm"
CONF_MANUFACTURER = "manufacturer"
CONF_PROVIDER = "provider"
CONF_READY_TIME = "ready_time"
CONF_REDIRECT = "redirect"
CONF_REDIRECT_URI = "redirect_uri"
CONF_TARGET_SOC = "target_soc"
CONF_TESTING = "testing"
CONF_USER_ID = "user_id"
CONF_VEHICLE = "vehicle"

LATER = "later"

COLLAPSED: SectionConfig = {"collapsed": True}

_PASSWORD = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))
_API_KEY_FIELD = {vol.Required(CONF_API_KEY): _PASSWORD}

NO_FIELDS = vol.Schema({})
API_KEY_SCHEMA = vol.Schema(_API_KEY_FIELD)
VIRTUAL_KEY_SCHEMA = vol.Schema(
    {
        vol.Optional("qr_code"): QrCodeSelector(
            QrCodeSelectorConfig(
                data=VIRTUAL_KEY_URL,
                scale=6,
                error_correction_level=QrErrorCorrectionLevel.QUARTILE,
            )
        )
    }
)
SUGGESTED_PREFERENCES = {
    CONF_CHARGING_BEHAVIOR: ChargingBehavior.ANYWHERE.lower(),
    CONF_TARGET_SOC: 80,
    CONF_READY_TIME: "07:00:00",
}


def credentials_schema(*, has_address: bool) -> vol.Schema:
    """Return the form for an account."""
    return vol.Schema(
        {
            **_API_KEY_FIELD,
            vol.Optional(CONF_USER_ID): TextSelector(),
            **_provider_section(has_address),
        }
    )


def new_key_schema(*, has_address: bool) -> vol.Schema:
    """Return the form that changes the key, the provider's address, or both."""
    return vol.Schema(
        {vol.Optional(CONF_API_KEY): _PASSWORD, **_provider_section(has_address)}
    )


def _provider_section(has_address: bool) -> dict[Any, Any]:
    """Return the section with the address; collapsed if there is no address."""
    address = vol.Schema({vol.Optional(CONF_SERVICE_ADDRESS): TextSelector()})
    return {
        vol.Optional(CONF_PROVIDER): section(address, {"collapsed": not has_address})
    }


def vehicle_schema(country: str, redirect_uri: str) -> vol.Schema:
    """Return the form that asks which car to connect."""
    fields: dict[Any, Any] = {
        # Optional, because the frontend would preselect the first brand otherwise.
        vol.Optional(CONF_MANUFACTURER): SelectSelector(
            SelectSelectorConfig(
                # Names instead of ids: with custom values, the frontend shows the
                # value.
                options=list(BRANDS.values()),
                custom_value=True,
                mode=SelectSelectorMode.DROPDOWN,
            )
        ),
        vol.Required(CONF_COUNTRY_CODE, default=country): CountrySelector(),
        vol.Optional(CONF_REDIRECT): section(
            vol.Schema(
                {
                    vol.Optional(CONF_REDIRECT_URI): ConstantSelector(
                        ConstantSelectorConfig(value=redirect_uri)
                    )
                }
            ),
            COLLAPSED,
        ),
    }
    if os.environ.get(ENV_API_URL):
        fields[vol.Optional(CONF_TESTING)] = section(
            vol.Schema(
                {
                    vol.Required(
                        CONF_MODE, default=AuthorizationMode.LIVE
                    ): SelectSelector(
                        SelectSelectorConfig(
                            options=list(AuthorizationMode), translation_key=CONF_MODE
                        )
                    )
                }
            ),
            COLLAPSED,
        )
    return vol.Schema(fields)


def preferences_schema(vehicle: Vehicle) -> vol.Schema:
    """Return the form that asks how a new car should charge."""
    behaviors = [
        ChargingBehavior.ANYWHERE,
        ChargingBehavior.AT_LOCATION,
        ChargingBehavior.OFF,
    ]
    if vehicle.location_supported is False:
        behaviors.remove(ChargingBehavior.AT_LOCATION)
    return vol.Schema(
        {
            vol.Required(CONF_CHARGING_BEHAVIOR): SelectSelector(
                SelectSelectorConfig(
                    options=[*(each.lower() for each in behaviors), LATER],
                    translation_key=CONF_CHARGING_BEHAVIOR,
                    mode=SelectSelectorMode.LIST,
                )
            ),
            # No defaults, because they would reappear when the user clears a field.
            vol.Optional(CONF_TARGET_SOC): NumberSelector(
                NumberSelectorConfig(
                    min=0,
                    max=100,
                    step=1,
                    unit_of_measurement="%",
                    mode=NumberSelectorMode.SLIDER,
                )
            ),
            vol.Optional(CONF_READY_TIME): TimeSelector(),
        }
    )


def remove_vehicle_schema(names: dict[str, str]) -> vol.Schema:
    """Return the form that asks which car to remove, by vehicle id and name."""
    return vol.Schema(
        {
            # Optional, because the frontend would preselect the first car otherwise.
            vol.Optional(CONF_VEHICLE): SelectSelector(
                SelectSelectorConfig(
                    options=[
                        SelectOptionDict(value=vehicle_id, label=name)
                        for vehicle_id, name in names.items()
                    ],
                    mode=SelectSelectorMode.LIST,
                )
            ),
            vol.Required(CONF_CONFIRM, default=False): BooleanSelector(),
        }
    )
