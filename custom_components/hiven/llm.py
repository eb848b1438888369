"""Tools for assistants with a language model: read a car, change how it charges."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, override

from homeassistant.components.homeassistant import async_should_expose
from homeassistant.components.llm import LLMTools
from homeassistant.const import ATTR_DEVICE_ID, Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.llm import (
    LLM_API_ASSIST,
    LLMContext,
    Tool,
    ToolAnnotations,
    ToolInput,
    ToolResult,
)
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .account import HivenAccount, HivenConfigEntry
from .api import ChargingBehavior, Day, SocUnit, StateOfCharge
from .car import Car
from .change_action import (
    ATTR_CHARGING_BEHAVIOR,
    ATTR_DAYS,
    ATTR_READY_TIME,
    ATTR_TARGET_SOC,
    ATTR_UNTIL,
)
from .const import DOMAIN
from .devices import async_device_of, async_vehicle_names
from .errors import invalid
from .names import async_field_name
from .ready_time import next_ready_time
from .sensor import CHARGING_STATUS
from .services import SERVICE_SET_CHARGING_PREFERENCES
from .smart_charging import smart_charging_status

ATTR_CAR = "car"
ATTR_DAY = "day"
EVERY_DAY = "every_day"
TODAY = "today"
TOMORROW = "tomorrow"

_DAYS = tuple(Day)
_UNITS: dict[str, str] = {SocUnit.PERCENT: "%", SocUnit.KM: "km"}
# The platform of each setting's entity. Only settings with an exposed entity can
# change.
_PLATFORMS = {
    ATTR_CHARGING_BEHAVIOR: Platform.SELECT,
    ATTR_TARGET_SOC: Platform.NUMBER,
    ATTR_READY_TIME: Platform.TIME,
}


@dataclass(frozen=True)
class ExposedCar:
    """A car that is exposed to an assistant."""

    account: HivenAccount
    vehicle_id: str
    device_id: str


class GetCarTool(Tool):
    """Returns the state of a car."""

    name = "hiven__get_car"
    title = "Get car"
    description = (
        "Get the charging state of an electric car, its planned charging, its charge "
        "target and its ready times: when it should be charged."
    )
    annotations = ToolAnnotations(
        read_only=True, destructive=False, idempotent=True, open_world=False
    )
    integration = DOMAIN

    def __init__(self, names: list[str]) -> None:
        """Offer some cars."""
        self.parameters = vol.Schema({vol.Required(ATTR_CAR): vol.In(names)})

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext
    ) -> ToolResult:
        """Return the state in words."""
        data = self.parameters(tool_input.tool_args)
        try:
            car = _exposed_car(hass, llm_context, data[ATTR_CAR])
            return await _answer(hass, llm_context, car)
        except HomeAssistantError as err:
            return _error(err)


class SetChargingTool(Tool):
    """Changes how a car charges."""

    name = "hiven__set_charging"
    title = "Set charging"
    description = (
        "Change how an electric car charges. With the day today or tomorrow, "
        "all settings apply to that day only and change back afterwards. "
        "smart_charge_off means that the car charges at once."
    )
    annotations = ToolAnnotations(destructive=False, idempotent=True, open_world=False)
    integration = DOMAIN

    def __init__(self, names: list[str]) -> None:
        """Offer some cars."""
        self.parameters = vol.Schema(
            {
                vol.Required(ATTR_CAR): vol.In(names),
                vol.Optional(
                    ATTR_CHARGING_BEHAVIOR, description="When the car may charge"
                ): vol.In([behavior.lower() for behavior in ChargingBehavior]),
                vol.Optional(
                    ATTR_TARGET_SOC, description="How full it should be, in percent"
                ): vol.All(vol.Coerce(int), vol.Range(min=1, max=100)),
                vol.Optional(
                    ATTR_READY_TIME, description="When it should be ready, as HH:MM"
                ): str,
                vol.Optional(
                    ATTR_DAY, description="The day that the ready time is for"
                ): vol.In([EVERY_DAY, TODAY, TOMORROW, *map(str.lower, _DAYS)]),
            }
        )

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext
    ) -> ToolResult:
        """Store the settings; return the new settings in words."""
        data = self.parameters(tool_input.tool_args)
        try:
            car = _exposed_car(hass, llm_context, data.pop(ATTR_CAR))
            _check_exposed(hass, llm_context, car, data)
            await hass.services.async_call(
                DOMAIN,
                SERVICE_SET_CHARGING_PREFERENCES,
                {ATTR_DEVICE_ID: car.device_id, **_fields(data)},
                blocking=True,
                context=llm_context.context,
            )
            return await _answer(hass, llm_context, car)
        except HomeAssistantError as err:
            return _error(err)


@callback
def async_get_tools(
    hass: HomeAssistant, llm_context: LLMContext, api_id: str
) -> LLMTools | None:
    """Return the tools for the cars that are exposed to an assistant."""
    if api_id != LLM_API_ASSIST:
        return None
    if not (names := sorted(_exposed_cars(hass, llm_context))):
        return None
    return LLMTools(tools=[GetCarTool(names), SetChargingTool(names)])


@callback
def _exposed_cars(
    hass: HomeAssistant, llm_context: LLMContext
) -> dict[str, ExposedCar]:
    """Return the cars with an exposed entity, by name."""
    registry = er.async_get(hass)
    cars: dict[str, ExposedCar] = {}
    entries: list[HivenConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    for entry in entries:
        for vehicle_id, name in async_vehicle_names(hass, entry).items():
            device = async_device_of(hass, entry, vehicle_id)
            if device is not None and any(
                async_should_expose(hass, llm_context.assistant, entity.entity_id)
                for entity in er.async_entries_for_device(registry, device.id)
                if entity.platform == DOMAIN
            ):
                # Cars with the same name get a number.
                number = 2
                unique = name
                while unique in cars:
                    unique, number = f"{name} {number}", number + 1
                cars[unique] = ExposedCar(entry.runtime_data, vehicle_id, device.id)
    return cars


@callback
def _exposed_car(hass: HomeAssistant, llm_context: LLMContext, name: str) -> ExposedCar:
    """Return a car; raises ServiceValidationError if it is no longer exposed."""
    if (car := _exposed_cars(hass, llm_context).get(name)) is None:
        raise invalid("not_exposed", name=name)
    return car


@callback
def _check_exposed(
    hass: HomeAssistant,
    llm_context: LLMContext,
    car: ExposedCar,
    data: Mapping[str, Any],
) -> None:
    """Raise ServiceValidationError for a setting whose entity is not exposed."""
    registry = er.async_get(hass)
    for key in data.keys() & _PLATFORMS.keys():
        entity_id = registry.async_get_entity_id(
            _PLATFORMS[key], DOMAIN, f"{car.vehicle_id}_{key}"
        )
        if entity_id is None or not async_should_expose(
            hass, llm_context.assistant, entity_id
        ):
            raise invalid("not_exposed", name=async_field_name(hass, key))


def _fields(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the action's fields for the settings that an assistant sends.

    Raises ServiceValidationError for a ready time that is unclear or has passed.
    """
    fields = {name: value for name, value in data.items() if name != ATTR_DAY}
    day = data.get(ATTR_DAY, EVERY_DAY)
    if ATTR_READY_TIME in fields:
        ready_time = dt_util.parse_time(fields[ATTR_READY_TIME])
        if ready_time is None:
            raise invalid("ready_time_unclear")
        if day == TODAY and ready_time <= dt_util.now().time():
            raise invalid("ready_time_is_past")
    if day == EVERY_DAY:
        return fields
    if day in (TODAY, TOMORROW):
        date = dt_util.now().date() + timedelta(days=day == TOMORROW)
        fields[ATTR_UNTIL] = date.isoformat()
        day = _DAYS[date.weekday()].lower()
    if ATTR_READY_TIME in fields or ATTR_UNTIL not in fields:
        fields[ATTR_DAYS] = [day]
    return fields


async def _answer(
    hass: HomeAssistant, llm_context: LLMContext, exposed: ExposedCar
) -> ToolResult:
    """Return the state of a car in words."""
    await exposed.account.plans.async_read_first(exposed.vehicle_id)
    car = exposed.account.vehicle(exposed.vehicle_id)
    if car is None:
        raise invalid("not_found")
    language = llm_context.language or hass.config.language
    words = await _Words.of(hass, language)
    return ToolResult(data=_facts(car, words))


def _facts(car: Car, words: _Words) -> dict[str, Any]:
    now = dt_util.now()
    status = car.status if car.has_telemetry else None
    state = [
        words.charging_status(status.charging_status) if status else words("no_news"),
        f"{status.soc:.0f} %" if status and status.soc is not None else None,
    ]
    if (ready_at := next_ready_time(car.preferences, now)) is not None:
        state.append(f"{words.ready_by} {words.moment(ready_at, now)}")
    facts: dict[str, Any] = {
        "car": car.name,
        "state": ", ".join(each for each in state if each),
    }
    if (smart := smart_charging_status(car, now)) is not None:
        facts["smart_charging"] = words.state("sensor.smart_charging_status", smart)
    if car.plan is not None:
        facts["plan"] = [
            f"{words.moment(window.start, now)}–{words.time(_local(window.end))}"
            for window in car.plan.windows
            if window.end > now
        ]
    if (preferences := car.preferences) is not None:
        if preferences.charging_behavior is not None:
            behavior = preferences.charging_behavior.lower()
            facts["behavior"] = words.state("select.charging_behavior", behavior)
        facts["target"] = _amount(preferences.target_soc)
        facts["minimum"] = _amount(preferences.minimum_soc)
        every_day = {words(EVERY_DAY): preferences.ready_time}
        single = {
            words.day(d): at for d, at in preferences.week_day_ready_times.items()
        }
        facts["ready_times"] = {
            day: words.time(at)
            for day, at in {**every_day, **single}.items()
            if at is not None
        }
    return {name: value for name, value in facts.items() if value}


def _amount(soc: StateOfCharge | None) -> str | None:
    return None if soc is None else f"{soc.value:g} {_UNITS.get(soc.unit, '')}".strip()


def _local(moment: datetime) -> time:
    return dt_util.as_local(moment).time()


@dataclass(frozen=True)
class _Words:
    """The words of a language."""

    texts: Mapping[str, str]

    @classmethod
    async def of(cls, hass: HomeAssistant, language: str) -> _Words:
        texts: dict[str, str] = {}
        for category in ("entity", "selector"):
            texts |= await async_get_translations(hass, language, category, {DOMAIN})
        return cls(texts)

    def __call__(self, key: str) -> str:
        return self._text(f"selector.spoken.options.{key}", key)

    def state(self, place: str, state: str) -> str:
        return self._text(f"entity.{place}.state.{state}", state)

    def charging_status(self, status: str | None) -> str:
        shown = CHARGING_STATUS.get(status or "")
        if shown is None:
            return self("no_news")
        return self.state("sensor.charging_status", shown)

    @property
    def ready_by(self) -> str:
        text = self._text("selector.spoken.options.ready_by", "ready by")
        return text[:1].lower() + text[1:]

    def day(self, day: str) -> str:
        return self._text(f"selector.day.options.{day.lower()}", day)

    def moment(self, moment: datetime, now: datetime) -> str:
        local = dt_util.as_local(moment)
        ahead = (local.date() - now.date()).days
        day = {0: self(TODAY), 1: self(TOMORROW)}.get(ahead)
        return f"{day or self.day(_DAYS[local.weekday()])} {self.time(local.time())}"

    @staticmethod
    def time(at: time) -> str:
        return f"{at.hour}:{at.minute:02}"

    def _text(self, place: str, otherwise: str) -> str:
        return self.texts.get(f"component.{DOMAIN}.{place}", otherwise)


def _error(err: HomeAssistantError) -> ToolResult:
    return ToolResult(data={"error": str(err)}, error=True)
