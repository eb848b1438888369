"""Spot prices, from Home Assistant's Nord Pool or Tibber integration."""

import asyncio
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise, takewhile
from operator import attrgetter
from typing import Any

from aiohttp import ClientError
from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .api import Preferences
from .const import (
    CONF_PRICE_AREA,
    CONF_PRICE_SOURCE,
    DOMAIN,
    LOGGER,
    PRICES_AUTOMATIC,
    PRICES_NONE,
)
from .coordinator import HivenCoordinator
from .plan import HOUR, Plan, Slot
from .plans import Plans

NORDPOOL = "nordpool"
TIBBER = "tibber"
SOURCES = (NORDPOOL, TIBBER)

KWH_IN_MWH = 1000
PER_KWH = "/kWh"
DAY = timedelta(days=1)
# The time zone of the power exchange, and the hour at which it publishes prices.
MARKET = "Europe/Brussels"
TOMORROW_FROM = 13
# How often missing prices are requested again.
ASK_AGAIN_EVERY = timedelta(minutes=30)
GIVE_UP_AFTER = 60


@dataclass(frozen=True)
class Price:
    """The price of a kWh during a period, in the currency of the source."""

    start: datetime
    end: datetime
    per_kwh: float


@dataclass(frozen=True)
class Prices:
    """The prices of an area, in order."""

    currency: str
    prices: tuple[Price, ...]

    def average(self, slots: Iterable[Slot]) -> float | None:
        """Return the average price of slots, weighted by the charging in each.

        None if any price is missing.
        """
        cost = weight = 0.0
        for slot in slots:
            if slot.share <= 0:
                continue
            unknown = slot.end - slot.start
            for price in self._during(slot):
                length = min(price.end, slot.end) - max(price.start, slot.start)
                unknown -= length
                cost += price.per_kwh * length.total_seconds() * slot.share
                weight += length.total_seconds() * slot.share
            if unknown:
                return None
        return cost / weight if weight else None

    def hours(
        self, planned: list[Slot], since: datetime
    ) -> Iterator[tuple[Slot, float | None]]:
        """Yield the slots of a plan and the other hours with a price, in order.

        The hours start at `since`. Parts of an hour beside a slot are included.
        """
        hours = (self.prices[-1].end - since) // HOUR
        edges = {since + HOUR * number for number in range(hours + 1)}
        edges.update(edge for slot in planned for edge in (slot.start, slot.end))
        others = [
            Slot(start, end, 0.0)
            for start, end in pairwise(sorted(edges))
            if start >= since
            and not any(slot.start <= start < slot.end for slot in planned)
        ]
        for slot in sorted([*planned, *others], key=attrgetter("start")):
            price = self.average([replace(slot, share=1.0)])
            if price is not None or slot in planned:
                yield slot, price

    def _during(self, slot: Slot) -> Iterator[Price]:
        first = bisect_right(self.prices, slot.start, key=attrgetter("end"))
        return takewhile(lambda price: price.start < slot.end, self.prices[first:])


def spot_price_area(plan: Plan | None, preferences: Preferences | None) -> str | None:
    """Return the area of the plan, else the area in the preferences."""
    if plan is not None and plan.schedule.spot_price_area_id:
        return plan.schedule.spot_price_area_id
    return preferences.default_spot_price_area_id if preferences else None


@callback
def async_price_sources(hass: HomeAssistant) -> list[ConfigEntry]:
    """Return the entries of price integrations, loaded or not."""
    return [
        entry
        for domain in SOURCES
        for entry in hass.config_entries.async_entries(domain, include_disabled=False)
    ]


class PriceReader:
    """Reads the prices of the plans' areas, a few times a day."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        coordinator: HivenCoordinator,
        plans: Plans,
    ) -> None:
        """Read for the vehicles of a coordinator."""
        self._hass = hass
        self._entry = entry
        self._coordinator = coordinator
        self._plans = plans
        self._market: tzinfo = UTC
        self._had_source = False
        # By source and area.
        self._days: dict[tuple[str, str], dict[date, tuple[Price, ...]]] = {}
        self._prices: dict[tuple[str, str], Prices] = {}
        self._tried: set[tuple[str, str, date]] = set()
        # The last known area of each vehicle.
        self._last_areas: dict[str, str | None] = {}
        # The areas that Nord Pool refused, and the homes that Tibber has instead of
        # areas.
        self._unknown_areas: set[str] = set()
        self._homes: list[str] = []

    async def async_load(self) -> None:
        """Load the time zone of the market."""
        self._market = await dt_util.async_get_time_zone(MARKET) or UTC

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Start reading prices; return a function that stops it."""
        self._had_source = self.has_source
        stops = (
            self._coordinator.async_add_listener(self._async_follow),
            async_track_time_interval(
                self._hass, self._async_ask_again, ASK_AGAIN_EVERY
            ),
            async_dispatcher_connect(
                self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._async_entry_changed
            ),
        )

        @callback
        def stop() -> None:
            for each in stops:
                each()

        return stop

    # What other parts call.

    @property
    def has_source(self) -> bool:
        """Whether there is a price source."""
        return self._source() is not None

    @property
    def currency(self) -> str | None:
        """The currency of the source."""
        source = self._source()
        return self._currency(source) if source else None

    @callback
    def prices(self, vehicle_id: str) -> Prices | None:
        """Return the prices of a vehicle's area; None if they are not known."""
        # Called for every value shown, so return early: most homes have no prices.
        if not self._prices or (source := self._source()) is None:
            return None
        area = self._area(source, vehicle_id)
        return None if area is None else self._prices.get((source.entry_id, area))

    async def async_choices(self, choice: str) -> list[str]:
        """Return the areas to choose from, if the source does not know the cars' areas.

        `choice` is the source, as in the options. Tibber has homes instead of areas.
        """
        source = self._source(choice)
        if source is None or source.state is not ConfigEntryState.LOADED:
            return []
        today = dt_util.utcnow().astimezone(self._market).date()
        if source.domain == TIBBER:
            await self._async_try(source, "", today)
            return self._homes if len(self._homes) > 1 else []
        own = {self._own_area(vehicle_id) for vehicle_id in self._coordinator.data}
        for area in sorted(filter(None, own)):
            await self._async_try(source, area, today)
        areas: list[str] = source.data["areas"]
        is_unclear = None in own and len(areas) > 1
        return areas if is_unclear or self._unknown_areas & own else []

    # When to read.

    @callback
    def _async_entry_changed(
        self, _change: ConfigEntryChange, entry: ConfigEntry
    ) -> None:
        if entry.domain not in SOURCES:
            return
        if self.has_source != self._had_source:
            # The price entities appear or disappear.
            self._had_source = self.has_source
            self._hass.config_entries.async_schedule_reload(self._entry.entry_id)
        else:
            self._async_follow()

    @callback
    def _async_ask_again(self, _now: datetime) -> None:
        self._tried.clear()
        self._async_follow()

    @callback
    def _async_follow(self) -> None:
        """Read the published prices that are missing."""
        self._last_areas = {id_: self._own_area(id_) for id_ in self._coordinator.data}
        source = self._source()
        if (
            source is None
            or source.state is not ConfigEntryState.LOADED
            or self._coordinator.is_closed
        ):
            return
        areas = {self._area(source, id_) for id_ in self._coordinator.data}
        missing = [
            (area, day)
            for area in sorted(area for area in areas if area is not None)
            for day in self._published()
            if day not in self._days.get((source.entry_id, area), {})
            and (source.entry_id, area, day) not in self._tried
        ]
        if missing:
            self._tried.update((source.entry_id, *each) for each in missing)
            self._entry.async_create_background_task(
                self._hass, self._async_read(source, missing), f"{DOMAIN} prices"
            )

    def _published(self) -> Iterator[date]:
        """Yield the market's days since local midnight whose prices are published."""
        now = dt_util.utcnow().astimezone(self._market)
        day = dt_util.start_of_local_day().astimezone(self._market).date()
        last = now.date() + (DAY if now.hour >= TOMORROW_FROM else timedelta())
        while day <= last:
            yield day
            day += DAY

    # Reading.

    async def _async_read(
        self, source: ConfigEntry, missing: list[tuple[str, date]]
    ) -> None:
        # A session may have started the day before.
        first = next(self._published()) - DAY
        for area, day in missing:
            if not (prices := await self._async_try(source, area, day)):
                continue
            key = source.entry_id, area
            days = {**self._days.get(key, {}), day: prices}
            days = {each: days[each] for each in days if each >= first}
            self._days[key] = days
            known = (price for each in days.values() for price in each)
            self._prices[key] = Prices(
                self._currency(source),
                tuple(sorted(known, key=attrgetter("start"))),
            )
        self._coordinator.async_update_listeners()

    async def _async_try(
        self, source: ConfigEntry, area: str, day: date
    ) -> tuple[Price, ...]:
        """Return the prices of a day; none if the source fails or has none."""
        try:
            async with asyncio.timeout(GIVE_UP_AFTER):
                return tuple(await self._async_ask(source, area, day))
        except vol.Invalid:
            self._unknown_areas.add(area)
        except (
            ClientError,
            HomeAssistantError,
            LookupError,
            OSError,
            TypeError,
            ValueError,
        ) as err:
            LOGGER.debug("%s has no prices for %s: %r", source.title, day, err)
        return ()

    async def _async_ask(
        self, source: ConfigEntry, area: str, day: date
    ) -> Iterable[Price]:
        """Request the prices of a day with the price integration's action."""
        if source.domain == NORDPOOL:
            answer = await self._async_call(
                NORDPOOL,
                "get_prices_for_date",
                config_entry=source.entry_id,
                date=day.isoformat(),
                areas=[area],
            )
            return _nordpool(answer[area])
        start, end = (
            datetime.combine(each, time(), self._market).isoformat()
            for each in (day, day + DAY)
        )
        answer = await self._async_call(TIBBER, "get_prices", start=start, end=end)
        homes: Mapping[str, list[Any]] = answer["prices"]
        self._homes = list(homes)
        return _tibber(homes[area if area in homes else self._homes[0]])

    async def _async_call(
        self, domain: str, action: str, **data: Any
    ) -> Mapping[str, Any]:
        answer = await self._hass.services.async_call(
            domain, action, data, blocking=True, return_response=True
        )
        return answer or {}

    # What to read.

    @callback
    def _source(self, choice: str | None = None) -> ConfigEntry | None:
        """Return the price source of a choice, else of the options."""
        if choice is None:
            choice = self._entry.options.get(CONF_PRICE_SOURCE, PRICES_AUTOMATIC)
        if choice == PRICES_NONE:
            return None
        sources = async_price_sources(self._hass)
        # If the chosen source is gone, use another one.
        chosen = (each for each in sources if each.entry_id == choice)
        return next(chosen, next(iter(sources), None))

    @callback
    def _currency(self, source: ConfigEntry) -> str:
        if source.domain == NORDPOOL:
            return str(source.data["currency"])
        # Tibber's answer has no currency, but its sensors have.
        registry = er.async_get(self._hass)
        units = (
            entity.unit_of_measurement or ""
            for entity in er.async_entries_for_config_entry(registry, source.entry_id)
        )
        return next(
            (unit.removesuffix(PER_KWH) for unit in units if unit.endswith(PER_KWH)),
            self._hass.config.currency,
        )

    @callback
    def _own_area(self, vehicle_id: str) -> str | None:
        plan = self._plans.plan(vehicle_id)
        preferences = self._coordinator.data[vehicle_id].preferences
        area = spot_price_area(plan, preferences)
        # Without a plan, Hiven does not send the area, so use the last known one.
        return area.upper() if area else self._last_areas.get(vehicle_id)

    @callback
    def _area(self, source: ConfigEntry, vehicle_id: str) -> str | None:
        """Return the area to request: the car's own if the source knows it."""
        chosen: str | None = self._entry.options.get(CONF_PRICE_AREA)
        if source.domain == TIBBER:
            return chosen or ""
        own = self._own_area(vehicle_id)
        if own is not None and own not in self._unknown_areas:
            return own
        areas: list[str] = source.data["areas"]
        if chosen in areas:
            return chosen
        return areas[0] if own is None and len(areas) == 1 else None


def _nordpool(rows: Iterable[Mapping[str, Any]]) -> Iterator[Price]:
    for row in rows:
        if row["price"] is not None:
            start, end = map(_utc, (row["start"], row["end"]))
            yield Price(start, end, row["price"] / KWH_IN_MWH)


def _tibber(rows: Iterable[Mapping[str, Any]]) -> Iterator[Price]:
    """Yield prices. All last as long as the shortest time between two of them."""
    prices = sorted((_utc(row["start_time"]), row["price"]) for row in rows)
    length = min(
        (other - one for (one, _), (other, _) in pairwise(prices)), default=HOUR
    )
    for start, price in prices:
        yield Price(start, start + length, float(price))


def _utc(text: Any) -> datetime:
    return dt_util.as_utc(datetime.fromisoformat(str(text)))
