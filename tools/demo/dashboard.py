"""The dashboard of the integration, as a user would add it."""

from .home_assistant import HomeAssistant

URL_PATH = "hiven-cars"
_TITLE = "Cars"
_ICON = "mdi:car-electric"
_CONFIG = {"strategy": {"type": "custom:hiven"}}


async def make_dashboard(home: HomeAssistant) -> None:
    """Add it as the default dashboard."""
    await home.command(
        "lovelace/dashboards/create", url_path=URL_PATH, title=_TITLE, icon=_ICON
    )
    await home.command("lovelace/config/save", url_path=URL_PATH, config=_CONFIG)
    await home.command(
        "frontend/set_system_data", key="core", value={"default_panel": URL_PATH}
    )
