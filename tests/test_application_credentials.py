"""The API key as an application credential."""

from string import Formatter

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.hiven.const import DOMAIN


async def test_the_dialog_says_what_to_enter(
    hass: HomeAssistant, credential: None, hass_ws_client: WebSocketGenerator
) -> None:
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "application_credentials/config"})
    answer = await client.receive_json()
    values = answer["result"]["integrations"][DOMAIN]["description_placeholders"]

    category = "application_credentials"
    texts = await async_get_translations(hass, "en", category, [DOMAIN])
    text = texts[f"component.{DOMAIN}.{category}.description"]
    assert {name for _, name, _, _ in Formatter().parse(text) if name} == values.keys()
    assert values["documentation_url"].startswith("https://")
