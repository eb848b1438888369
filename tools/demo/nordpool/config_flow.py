"""Adds the price source with one click."""

from typing import Any

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult

from . import AREA, DOMAIN


class NordPoolConfigFlow(ConfigFlow, domain=DOMAIN):
    """Asks nothing."""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Create the entry, with what Nord Pool's own has."""
        return self.async_create_entry(
            title="Nord Pool", data={"areas": [AREA], "currency": "EUR"}
        )
