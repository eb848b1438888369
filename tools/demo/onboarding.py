"""The onboarding of a new Home Assistant."""

from .folder import forget_address
from .home_assistant import HomeAssistant
from .ports import HOST

USERNAME = "demo"
PASSWORD = "demo"  # noqa: S105 - printed at the start, and only reachable from this machine


async def onboard(home: HomeAssistant) -> None:
    """Create the owner, the only step that is left."""
    made = await home.post(
        "/api/onboarding/users",
        {
            "client_id": home.client_id,
            "name": "Demo",
            "username": USERNAME,
            "password": PASSWORD,
            "language": "en",
        },
    )
    await home.log_in(made["auth_code"])


async def show_times_of_home(home: HomeAssistant) -> None:
    """Show times in the time zone of the home, wherever the browser is."""
    as_usual = dict.fromkeys(
        ("number_format", "time_format", "date_format", "first_weekday"), "language"
    )
    await home.command(
        "frontend/set_user_data",
        key="language",
        value={**as_usual, "time_zone": "server"},
    )


async def keep_to_loopback(home: HomeAssistant) -> None:
    """Turn off network discovery, which logs an error without a network."""
    adapters = (await home.command("network"))["adapters"]
    names = [
        adapter["name"]
        for adapter in adapters
        if any(address["address"] == HOST for address in adapter["ipv4"])
    ]
    await home.command("network/configure", config={"configured_adapters": names})


async def confirm_address(home: HomeAssistant) -> None:
    """Confirm the address, or Home Assistant reverts it after five minutes."""
    await home.command("http/config/promote")
    forget_address()
    await home.command(
        "repairs/ignore_issue", domain="http", issue_id="deprecated_yaml", ignore=True
    )


async def tidy_up(home: HomeAssistant) -> None:
    """Dismiss the notification about missing packages."""
    # Voice and camera integrations always start, and report that packages are missing.
    await home.call("persistent_notification.dismiss", notification_id="invalid_config")
