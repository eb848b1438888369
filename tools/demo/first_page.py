"""Checks that a browser can load the dashboard."""

from .dashboard import URL_PATH
from .home_assistant import HomeAssistant


async def load_page(home: HomeAssistant) -> None:
    """Request everything that the frontend needs to show the dashboard."""
    await home.open("/")
    for command in ("get_services", "get_panels", "get_states", "auth/current_user"):
        await home.command(command)
    await home.command("lovelace/config", url_path=URL_PATH)
