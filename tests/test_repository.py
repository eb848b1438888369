"""The links, examples and descriptions of this repository are correct."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import fields, is_dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
import re
from typing import Any

from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import validate_selector
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import parse_yaml
import pytest
import voluptuous as vol

from custom_components import hiven
from custom_components.hiven.condition import CONDITIONS
from custom_components.hiven.const import DOMAIN
from custom_components.hiven.trigger import TRIGGERS

from .repository import DESCRIBED, FOLDER, MANIFEST, ROOT

PAGES = sorted(ROOT.glob("*.md"))
DEVICE = {"device_id": ["a-device"]}
# The options of Home Assistant for a target with several cars.
BEHAVIORS = {"trigger": ["each", "first", "all"], "condition": ["any", "all"]}
# A valid value of each kind of field, and an invalid one.
TAKEN: dict[str, Any] = {
    "boolean": True, "config_entry": "an-entry", "datetime": "2026-03-16 12:00:00",
    "device": ["a-device"], "duration": {"minutes": 5}, "text": "text",
    "time": "07:30:00",
}  # fmt: skip
NOT_TAKEN: dict[str, Any] = {
    "boolean": "perhaps", "datetime": "one day", "device": [[]], "duration": "a while",
    "time": "25:00",
}  # fmt: skip


def test_everything_names_one_address() -> None:
    address = MANIFEST["documentation"]
    assert MANIFEST["issue_tracker"] == f"{address}/issues"
    owner, name = address.removeprefix("https://github.com/").split("/")
    files = (path for path in FOLDER.rglob("*") if path.suffix in {".json", ".py"})
    forms = (ROOT / ".github").rglob("*.yml")
    for path in (*PAGES, *files, *forms):
        for named in re.findall(r"github\.com/([\w-]+/[\w-]+)", path.read_text()):
            # Other repositories are fine if they cannot be mistaken for this one.
            parts = set(named.split("/"))
            assert named == f"{owner}/{name}" or not {owner, name} & parts, path


def test_data_classes_do_not_change() -> None:
    """Several parts share them. Only those named here have an owner who changes them."""
    changing, ignored = set[str](), set[str]()
    hidden: dict[str, set[str]] = {}
    for module in walk_packages(hiven.__path__, f"{hiven.__name__}."):
        for name, each in vars(import_module(module.name)).items():
            if is_dataclass(each) and each.__module__ == module.name:
                params: Any = getattr(each, "__dataclass_params__")  # noqa: B009
                if not params.frozen:
                    changing.add(name)
                # With many fields, positions are hard to read.
                assert params.kw_only == (len(fields(each)) > 4 and params.frozen), name
                if secret := {field.name for field in fields(each) if not field.repr}:
                    hidden[name] = secret
                ignored |= {field.name for field in fields(each) if not field.compare}
    assert changing == {
        "Freshness", "Memory", "Poll", "Track", "_Past", "_Record", "_Served",
        "_StoredMeter",
    }  # fmt: skip
    assert ignored == {"raw", "_started"}
    place = {"latitude", "longitude", "postal_code"}
    address = place | {"street_address", "city"}
    # What a log must not contain, and what would be too long for it.
    assert hidden == {
        "Attributes": {"external_id", "partner_id", "user_id", "vin"},
        "ChargingLocation": place | {"country_code", "location_id"},
        "Location": address | {"country_code"},
        **dict.fromkeys(("LocationUpdate", "NewLocation"), address),
        "Plan": {"_started"},
        "Preferences": {"raw"},
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text()
    for file, heading in re.findall(r"\]\((?!https?:)([^)#\s]*)#?([^)\s]*)\)", text):
        target = page.parent / file if file else page
        assert target.exists(), file
        assert not heading or heading in headings(target), heading
    home = MANIFEST["documentation"]
    for file in FOLDER.glob("*.py"):
        for heading in re.findall(rf"{home}#([\w-]+)", file.read_text()):
            assert heading in headings(ROOT / "README.md"), heading


def headings(page: Path) -> set[str]:
    """Return the anchors that GitHub makes of the headings of a page."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}


async def test_examples_in_the_readme_work(hass: HomeAssistant) -> None:
    text = (ROOT / "README.md").read_text()
    blocks = re.findall(r"```yaml\n(.+?)```", text, re.DOTALL)
    automations = [parse_yaml(block) for block in blocks if "triggers:" in block]
    assert automations
    assert await async_setup_component(hass, "automation", {"automation": automations})
    states = hass.states.async_all("automation")
    assert [state.state for state in states] == [STATE_ON] * len(automations)


async def check_fields(
    fields: dict[str, Any], accepts: Callable[[dict[str, Any]], Awaitable[object]]
) -> None:
    """Check that fields accept what their selectors offer, and nothing else."""
    for key, field in fields.items():
        assert validate_selector(field["selector"])
        default = [field["default"]] if "default" in field else []
        for value in (*default, *offered(field["selector"])):
            assert await accepts({key: value})
        for value in refused(field["selector"]):
            with pytest.raises(vol.Invalid):
                await accepts({key: value})
    with pytest.raises(vol.Invalid):
        await accepts({"more": 1})


async def test_actions_take_what_their_description_offers(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    actions = hass.services.async_services_for_domain(DOMAIN)
    assert actions.keys() == DESCRIBED["services"].keys()
    for name, action in actions.items():
        schema = action.schema
        assert isinstance(schema, vol.Schema)
        fields = DESCRIBED["services"][name]["fields"]
        assert {str(key) for key in schema.schema} == fields.keys()
        required = {str(key) for key in schema.schema if isinstance(key, vol.Required)}
        assert required == {key for key, each in fields.items() if each.get("required")}
        base = {key: DEVICE[key] for key in required}
        given = [key for key, each in fields.items() if "default" in each]
        defaults = {key: fields[key]["default"] for key in given}
        assert defaults.items() <= schema(base).items()
        await check_fields(fields, partial(call_schema, schema, base))


async def call_schema(schema: vol.Schema, base: Any, data: dict[str, Any]) -> Any:
    return schema(base | data)


@pytest.mark.parametrize(
    ("kind", "classes"), [("triggers", TRIGGERS), ("conditions", CONDITIONS)]
)
async def test_triggers_and_conditions_take_what_their_description_offers(
    hass: HomeAssistant, kind: str, classes: dict[str, Any]
) -> None:
    assert DESCRIBED[kind].keys() == classes.keys()
    for name, each in classes.items():
        described = DESCRIBED[kind][name]
        # With a filter by integration, the frontend would count no entity of a device.
        assert described["target"]["entity"].keys() == {"domain", "device_class"}
        behavior = described["fields"]["behavior"]
        # An option that is not given has its default.
        filled = await each.async_validate_config(hass, {"target": DEVICE})
        assert filled["options"] == {"behavior": behavior["default"]}
        mode = kind.removesuffix("s")
        assert behavior["selector"] == {"automation_behavior": {"mode": mode}}

        await check_fields(described["fields"], partial(call_class, hass, each))


async def call_class(hass: HomeAssistant, each: Any, options: dict[str, Any]) -> Any:
    config = {"target": DEVICE, "options": options}
    return await each.async_validate_config(hass, config)


def offered(selector: dict[str, Any]) -> Iterator[Any]:
    """Yield the values that a selector offers."""
    (kind, config), *_ = selector.items()
    config = config or {}
    match kind:
        case "select" if config.get("multiple"):
            yield from ([option] for option in config["options"])
            yield config["options"]
        case "select":
            yield from config["options"]
        case "number":
            yield from (config["min"], config["max"])
        case "automation_behavior":
            yield from BEHAVIORS[config["mode"]]
        case "text" if config.get("multiple"):
            yield ["text", "more"]
        case _:
            yield TAKEN[kind]


def refused(selector: dict[str, Any]) -> Iterator[Any]:
    """Yield values that a selector never offers."""
    (kind, config), *_ = selector.items()
    match kind:
        case "select":
            yield ["nonsense"] if config.get("multiple") else "nonsense"
        case "automation_behavior":
            yield "nonsense"
        case "number":
            yield from (config["min"] - 1, config["max"] + 1, "many")
        case _ if kind in NOT_TAKEN:
            yield NOT_TAKEN[kind]
