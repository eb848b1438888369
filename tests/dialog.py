"""A person who uses the dialogs of Home Assistant."""

from string import Formatter
from typing import Any, Self, cast

import aiohttp
from aiohttp.test_utils import TestClient
from homeassistant.components.application_credentials import DATA_COMPONENT
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntry,
    ConfigFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.config_entry_oauth2_flow import AUTH_CALLBACK_PATH
from homeassistant.helpers.translation import async_get_translations
import probatio
from pytest_homeassistant_custom_component.common import MockConfigEntry
from yarl import URL

from custom_components.hiven.const import DOMAIN
from simulator import Fault, Request, Simulator, person

from . import OTHER_CREDENTIAL_ID, OTHER_KEY, OTHER_USER_ID, Json
from .home import Home

# The parameters that my.home-assistant.io passes on.
_PASSED_ON = ("code", "error", "state")


def a_car(manufacturer: str = "VOLKSWAGEN", country_code: str = "FI") -> Json:
    return {"manufacturer": manufacturer, "country_code": country_code}


class Dialog:
    """Opens a dialog, answers its steps, and signs in at SmartCar.

    It checks that every text of a step exists and that its placeholders have values.
    """

    # The home of the account, if a test sets it.
    home: Home

    def __init__(
        self, hass: HomeAssistant, simulator: Simulator, browser: TestClient[Any, Any]
    ) -> None:
        self.hass = hass
        self.simulator = simulator
        self._browser = browser
        self._manager: Any = hass.config_entries.flow
        self._category = "config"
        self.result: ConfigFlowResult
        self._texts: dict[str, str] = {}

    def another(self) -> Dialog:
        return Dialog(self.hass, self.simulator, self._browser)

    # What the person does.
    async def open(self, *choices: str) -> Self:
        """Open the dialog that adds an account, and choose from its menus."""
        return await self._open(DOMAIN, *choices, context={"source": SOURCE_USER})

    async def reconfigure(self, entry: ConfigEntry, *choices: str) -> Self:
        context = {"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
        return await self._open(DOMAIN, *choices, context=context)

    async def open_options(self, entry: ConfigEntry, *choices: str) -> Self:
        self._manager = self.hass.config_entries.options
        self._category = "options"
        return await self._open(entry.entry_id, *choices)

    async def take_over(self, flow_id: str) -> Self:
        return await self._see(await self._manager.async_configure(flow_id))

    async def choose(self, option: str) -> Self:
        assert option in self.ways
        return await self._answer({"next_step_id": option})

    async def submit(self, **answers: Any) -> Self:
        assert self.result["type"] is FlowResultType.FORM, self.result
        return await self._answer(answers)

    async def sign_in(self, **driver: Any) -> Self:
        """Sign in at SmartCar and return to Home Assistant. See `person.sign_in`."""
        async with aiohttp.ClientSession() as session:
            back = await person.sign_in(session, self.url, **driver)
        names = [name for name in _PASSED_ON if name in back.query]
        return await self.come_back(**{name: back.query[name] for name in names})

    async def connect(self, manufacturer: str = "VOLKSWAGEN", **driver: Any) -> Self:
        await self.submit(**a_car(manufacturer))
        return await self.sign_in(**driver)

    async def come_back(self, **query: str) -> Self:
        """Follow the redirect to Home Assistant and continue."""
        assert self.result["type"] is FlowResultType.EXTERNAL_STEP, self.result
        async with self._browser.get(AUTH_CALLBACK_PATH, params=query) as response:
            assert response.status == 200, await response.text()
        return await self._answer(None)

    # What the person sees.
    @property
    def step(self) -> str:
        """Return the step of a form or menu, or the reason why the dialog ended."""
        return self.result.get("reason") or self.result["step_id"]

    @property
    def ways(self) -> list[str]:
        return list(cast("list[str]", self.result["menu_options"]))

    @property
    def errors(self) -> dict[str, str]:
        return self.result.get("errors") or {}

    @property
    def error(self) -> str | None:
        return self.errors.get("base")

    @property
    def url(self) -> str:
        assert self.result["type"] is FlowResultType.EXTERNAL_STEP, self.result
        return self.result["url"]

    @property
    def state(self) -> str:
        return URL(self.url).query["state"]

    @property
    def placeholders(self) -> dict[str, str]:
        """Return the values of the placeholders in the texts."""
        return dict(self.result["description_placeholders"] or {})

    @property
    def says(self) -> str:
        """Return the description and the errors as a person reads them."""
        step = f"{self._category}.step.{self.result.get('step_id')}.description"
        complaints = (f"{self._category}.error.{key}" for key in self.errors.values())
        keys = (step, *complaints, f"{self._category}.abort.{self.step}")
        texts = (self._texts[key] for key in keys if key in self._texts)
        return "\n".join(text.format(**self.placeholders) for text in texts)

    @property
    def entry(self) -> ConfigEntry:
        assert self.result["type"] is FlowResultType.CREATE_ENTRY, self.result
        return self.result["result"]

    @property
    def fields(self) -> dict[str, Json]:
        """Return the fields of a form by name, including those of its sections."""
        return {
            field["name"]: field
            for outer in self._schema()
            for field in outer.get("schema", [outer])
        }

    def help(self, field: str) -> str:
        step = f"{self._category}.step.{self.step}"
        return self._texts[f"{step}.data_description.{field}"]

    def is_open(self, section: str) -> bool:
        [found] = (each for each in self._schema() if each["name"] == section)
        return bool(found["expanded"])

    @property
    def options(self) -> dict[str, list[Any]]:
        """Return the options of each select field."""
        return {
            name: [
                option["value"] if isinstance(option, dict) else option
                for option in field["selector"]["select"]["options"]
            ]
            for name, field in self.fields.items()
            if "select" in field.get("selector", {})
        }

    @property
    def filled_in(self) -> Json:
        """Return the values that the form suggests."""
        shown = {
            name: field.get("description", {}).get(
                "suggested_value", field.get("default")
            )
            for name, field in self.fields.items()
        }
        return {name: value for name, value in shown.items() if value is not None}

    # What Hiven and Home Assistant see.
    def fail(self, method: str, pattern: str, **fault: Any) -> Fault:
        return self.simulator.fail(method, pattern, **fault)

    def sent(self, method: str, pattern: str) -> list[Request]:
        """Return the matching requests that Hiven received."""
        requests = self.simulator.requests
        return [each for each in requests if each.matches(method, pattern)]

    @property
    def keys(self) -> list[tuple[str, str]]:
        return [
            (item["client_id"], item["client_secret"])
            for item in self.hass.data[DATA_COMPONENT].async_items()
            if item["domain"] == DOMAIN
        ]

    async def store_key(self) -> None:
        await self.hass.data[DATA_COMPONENT].async_create_item(
            {"domain": DOMAIN, "client_id": OTHER_USER_ID, "client_secret": OTHER_KEY}
        )

    def forget_keys(self) -> None:
        """Delete all keys, as after restoring only part of a backup."""
        self.hass.data[DATA_COMPONENT].data.clear()

    def add_other_account(self) -> MockConfigEntry:
        """Add an account for another user."""
        data = {"auth_implementation": OTHER_CREDENTIAL_ID}
        entry = MockConfigEntry(domain=DOMAIN, unique_id=OTHER_USER_ID, data=data)
        entry.add_to_hass(self.hass)
        return entry

    def shown(self, entity_id: str) -> str | None:
        found = self.hass.states.get(entity_id)
        return None if found is None else found.state

    # Implementation.
    async def _open(self, handler: str, *choices: str, **context: Any) -> Self:
        await self._see(await self._manager.async_init(handler, **context))
        for choice in choices:
            await self.choose(choice)
        return self

    async def _answer(self, answers: Json | None) -> Self:
        flow_id = self.result["flow_id"]
        return await self._see(await self._manager.async_configure(flow_id, answers))

    async def _see(self, result: ConfigFlowResult) -> Self:
        self.result = result
        await self.hass.async_block_till_done()
        domain = result.get("translation_domain", DOMAIN)
        texts = await async_get_translations(
            self.hass, "en", self._category, [domain]
        ) | await async_get_translations(self.hass, "en", "selector", [DOMAIN])
        texts = {key.removeprefix(f"component.{domain}."): texts[key] for key in texts}
        self._texts = texts
        keys = self._keys()
        assert not keys - texts.keys(), "texts are missing"
        described = f"{self._category}.step.{result.get('step_id')}.description"
        for key in keys | ({described} & texts.keys()):
            for _, name, _, _ in Formatter().parse(texts[key]):
                # These placeholders may be empty.
                may_be_empty = name in {None, "code_block", "locations"}
                assert may_be_empty or self.placeholders[name or ""], (key, name)
        if result["type"] is FlowResultType.MENU:
            # The frontend does not replace placeholders in these titles.
            title = texts[f"{self._category}.step.{result['step_id']}.title"]
            assert "{" not in title
        return self

    def _keys(self) -> set[str]:
        """Return the keys of the texts that this step needs."""
        result, category = self.result, self._category
        step = f"{category}.step.{result.get('step_id')}"
        match result["type"]:
            case FlowResultType.ABORT:
                return {f"{category}.abort.{result['reason']}"}
            case FlowResultType.MENU:
                ways = {f"{step}.menu_options.{way}" for way in self.ways}
                return {f"{step}.title", *ways}
            case FlowResultType.FORM:
                errors = {f"{category}.error.{key}" for key in self.errors.values()}
                return {f"{step}.title", *errors, *_keys_of(step, self._schema())}
        return set()

    def _schema(self) -> list[Json]:
        """Return the fields as the frontend gets them."""
        schema = probatio.to_field_list(
            self.result["data_schema"], custom_serializer=cv.custom_serializer
        )
        return cast("list[Json]", schema)


def _keys_of(step: str, fields: list[Json]) -> set[str]:
    keys = set()
    for field in fields:
        if field.get("type") == "expandable":
            section = f"{step}.sections.{field['name']}"
            keys |= {f"{section}.name", *_keys_of(section, field["schema"])}
            continue
        keys.add(f"{step}.data.{field['name']}")
        select = field.get("selector", {}).get("select", {})
        if key := select.get("translation_key"):
            # Other options have their own label.
            options = [each for each in select["options"] if isinstance(each, str)]
            keys |= {f"selector.{key}.options.{each}" for each in options}
    return keys
