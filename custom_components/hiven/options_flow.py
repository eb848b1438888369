"""Options flow: polling interval, charging locations and prices."""

from typing import Any

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import CONF_SCAN_INTERVAL
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from .const import (
    CONF_PRICE_AREA,
    CONF_PRICE_SOURCE,
    DEFAULT_SCAN_INTERVAL,
    MAX_SCAN_INTERVAL_MINUTES,
    MIN_SCAN_INTERVAL_MINUTES,
    PRICES_AUTOMATIC,
    PRICES_NONE,
)
from .location_flow import LocationFlow
from .prices import async_price_sources


class HivenOptionsFlow(LocationFlow):
    """Changes the options of an account."""

    _price_source = PRICES_AUTOMATIC

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the menu."""
        return self.async_show_menu(
            step_id="init", menu_options=["settings", "charging_locations", "prices"]
        )

    async def async_step_settings(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask how often to poll Hiven."""
        if user_input is not None:
            return self.async_create_entry(
                data={
                    **self.config_entry.options,
                    CONF_SCAN_INTERVAL: int(user_input[CONF_SCAN_INTERVAL]),
                }
            )
        default = DEFAULT_SCAN_INTERVAL.total_seconds() // 60
        schema = vol.Schema(
            {
                vol.Required(
                    CONF_SCAN_INTERVAL,
                    default=self.config_entry.options.get(CONF_SCAN_INTERVAL, default),
                ): NumberSelector(
                    NumberSelectorConfig(
                        min=MIN_SCAN_INTERVAL_MINUTES,
                        max=MAX_SCAN_INTERVAL_MINUTES,
                        step=1,
                        unit_of_measurement="min",
                        mode=NumberSelectorMode.SLIDER,
                    )
                )
            }
        )
        return self.async_show_form(step_id="settings", data_schema=schema)

    async def async_step_prices(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the price source."""
        if user_input is not None:
            self._price_source = user_input[CONF_PRICE_SOURCE]
            return await self.async_step_prices_area()
        sources = {
            PRICES_AUTOMATIC: PRICES_AUTOMATIC,
            PRICES_NONE: PRICES_NONE,
            **{each.entry_id: each.title for each in async_price_sources(self.hass)},
        }
        chosen = self.config_entry.options.get(CONF_PRICE_SOURCE)
        schema = vol.Schema(
            {
                vol.Required(
                    CONF_PRICE_SOURCE,
                    default=chosen if chosen in sources else PRICES_AUTOMATIC,
                ): SelectSelector(
                    SelectSelectorConfig(
                        options=[
                            SelectOptionDict(value=value, label=label)
                            for value, label in sources.items()
                        ],
                        translation_key=CONF_PRICE_SOURCE,
                        mode=SelectSelectorMode.LIST,
                    )
                )
            }
        )
        return self.async_show_form(step_id="prices", data_schema=schema)

    async def async_step_prices_area(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the price area, if the source does not know the cars' area."""
        if user_input is None and (
            areas := await self._account.prices.async_choices(self._price_source)
        ):
            chosen = self.config_entry.options.get(CONF_PRICE_AREA)
            schema = vol.Schema(
                {
                    vol.Required(
                        CONF_PRICE_AREA,
                        default=chosen if chosen in areas else areas[0],
                    ): SelectSelector(
                        SelectSelectorConfig(
                            options=areas, mode=SelectSelectorMode.LIST
                        )
                    )
                }
            )
            return self.async_show_form(step_id="prices_area", data_schema=schema)
        return self.async_create_entry(
            data={
                **self.config_entry.options,
                CONF_PRICE_SOURCE: self._price_source,
                **(user_input or {}),
            }
        )
