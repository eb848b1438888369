"""Texts in Home Assistant's language: names of settings, calendar events, errors."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import async_get_cached_translations

from .api import Day
from .const import DOMAIN

# The translation key of each field of Preferences.
_PLACES: dict[str, tuple[str, str]] = {
    "charging_behavior": ("entity", "select.charging_behavior"),
    "target_soc": ("entity", "number.target_soc"),
    "minimum_soc": ("entity", "number.minimum_soc"),
    "battery_capacity": ("entity", "number.battery_capacity_override"),
    "ready_time": ("entity", "time.ready_time"),
    **{day: ("entity", f"time.ready_time_{day.lower()}") for day in Day},
    **{
        name: ("services", f"set_charging_preferences.fields.{name}")
        for name in ("charging_location_ids", "default_spot_price_area_id")
    },
}


@callback
def async_field_name(hass: HomeAssistant, field: str) -> str:
    """Return the name of a preference in Home Assistant's language."""
    category, place = _PLACES[field]
    return _text(hass, category, f"{place}.name", field)


@callback
def async_event_title(hass: HomeAssistant, key: str) -> str:
    """Return the title of a calendar event."""
    return _text(hass, "selector", f"charging_event.options.{key}", key)


@callback
def async_event_sentence(hass: HomeAssistant, key: str, **values: str) -> str:
    """Return a sentence for the description of a calendar event."""
    text = _text(hass, "selector", f"charging_event_sentence.options.{key}", key)
    return text.format(**values)


@callback
def async_error_message(hass: HomeAssistant, err: HomeAssistantError) -> str:
    """Return the message of an error; the text of the error itself is English."""
    text = _text(hass, "exceptions", f"{err.translation_key}.message", "")
    return text.format(**(err.translation_placeholders or {})) or str(err)


def _text(hass: HomeAssistant, category: str, place: str, otherwise: str) -> str:
    texts = async_get_cached_translations(hass, hass.config.language, category, DOMAIN)
    return texts.get(f"component.{DOMAIN}.{category}.{place}", otherwise)
