"""A price integration: Nord Pool or Tibber, as Home Assistant has them."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from homeassistant.config_entries import ConfigEntry, ConfigFlow
from homeassistant.core import ServiceCall, SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.selector import ConfigEntrySelector
import probatio
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    mock_config_flow,
    mock_integration,
    mock_platform,
)

from . import Json
from .home import Home

ZONE = ZoneInfo("Europe/Brussels")
HOUR = timedelta(hours=1)


@dataclass
class Market:
    """A price integration with the schema and the answers of the real one.

    A MWh costs 20 at midnight UTC, 10 more each hour, and 1 more each minute.
    """

    home: Home
    domain: str = "nordpool"
    length: timedelta = HOUR
    error: Exception | None = None
    hangs: bool = False
    missing: tuple[datetime, ...] = ()
    published_at: time = time(12, 45)
    areas: tuple[str, ...] = ("FI", "EE")
    calls: list[Json] = field(default_factory=list)
    entry: ConfigEntry[Any] = field(init=False)

    async def set_up(self) -> None:
        hass, is_nordpool = self.home.hass, self.domain == "nordpool"

        async def yes(*_args: Any) -> bool:
            return True

        module = MockModule(self.domain, async_setup_entry=yes, async_unload_entry=yes)
        # Both releases of Home Assistant accept these answers from custom integrations.
        mock_integration(hass, module, built_in=False)
        mock_platform(hass, f"{self.domain}.config_flow", built_in=False)
        entry = ConfigEntrySelector({"integration": "nordpool"})
        schema = {
            probatio.Required("config_entry"): entry,
            probatio.Required("date"): cv.date,
            probatio.Required("areas"): [probatio.In(["FI", "EE"])],
        }
        of_tibber = {probatio.Optional("start"): str, probatio.Optional("end"): str}
        hass.services.async_register(
            self.domain,
            "get_prices_for_date" if is_nordpool else "get_prices",
            self._nordpool if is_nordpool else self._tibber,
            schema=probatio.Schema(schema if is_nordpool else of_tibber),
            supports_response=SupportsResponse.ONLY,
        )
        data = {"areas": list(self.areas), "currency": "SEK"} if is_nordpool else {}
        self.entry = MockConfigEntry(domain=self.domain, title="Market", data=data)
        with mock_config_flow(self.domain, ConfigFlow):
            await hass.config_entries.async_add(self.entry)
        await hass.async_block_till_done(wait_background_tasks=True)

    async def remove(self) -> None:
        await self.home.hass.config_entries.async_remove(self.entry.entry_id)
        await self.home.hass.async_block_till_done(wait_background_tasks=True)

    @property
    def days(self) -> list[str]:
        return [str(call["date"]) for call in self.calls]

    def _prices(self, start: datetime, end: datetime) -> dict[datetime, int]:
        now = self.home.freezer().replace(tzinfo=UTC).astimezone(ZONE)
        out = now.date() + timedelta(days=now.time() >= self.published_at)
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        starts = (start + self.length * n for n in range((end - start) // self.length))
        return {
            at: 20 + at.hour * 10 + at.minute
            for at in starts
            if at.astimezone(ZONE).date() <= out and at not in self.missing
        }

    async def _nordpool(self, call: ServiceCall) -> Json:
        self.calls.append(dict(call.data))
        if self.hangs:
            await asyncio.Event().wait()
        if self.error:
            raise self.error
        start = datetime.combine(call.data["date"], time(), ZONE)
        end = datetime.combine(call.data["date"] + timedelta(days=1), time(), ZONE)

        def row(at: datetime, price: int) -> Json:
            end = at + self.length
            return {"start": at.isoformat(), "end": end.isoformat(), "price": price}

        rows = [row(*each) for each in self._prices(start, end).items()]
        return dict.fromkeys(call.data["areas"], rows)

    async def _tibber(self, call: ServiceCall) -> Json:
        self.calls.append(dict(call.data))
        start, end = (datetime.fromisoformat(call.data[x]) for x in ("start", "end"))
        rows: dict[str, list[Json]] = {"Town": [], "Cabin": []}
        for at, price in self._prices(start, end).items():
            for extra, home in enumerate(rows):
                row = {"start_time": at.isoformat(), "price": price / 1000 + extra}
                rows[home].append(row)
        return {"prices": rows}
