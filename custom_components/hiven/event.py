"""Event: a charging session has ended."""

from typing import override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .account import HivenConfigEntry
from .entity import HivenEntity, async_add_vehicle_entities
from .history import EndedSession

PARALLEL_UPDATES = 0

COMPLETED = "completed"
INTERRUPTED = "interrupted"

EVENTS = (
    EventEntityDescription(
        key="charging_session", event_types=[COMPLETED, INTERRUPTED]
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: HivenConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the events."""
    async_add_vehicle_entities(entry, async_add_entities, HivenSessionEvent, EVENTS)


class HivenSessionEvent(HivenEntity, EventEntity):
    """Fires when a charging session ends."""

    @override
    async def async_added_to_hass(self) -> None:
        """Listen for sessions that end."""
        await super().async_added_to_hass()
        self.async_on_remove(
            self.account.histories.async_listen(self.vehicle_id, self._async_ended)
        )

    @callback
    def _async_ended(self, session: EndedSession) -> None:
        car = self.account.vehicle(self.vehicle_id)
        prices = car.prices if car else None
        price = prices.average(session.charged) if prices else None
        known: dict[str, str | float | None] = {
            "start": dt_util.as_local(session.start).isoformat(),
            "end": dt_util.as_local(session.end).isoformat(),
            "minutes": session.minutes,
            "state_of_charge_before": session.soc_before,
            "state_of_charge_after": session.soc_after,
            "energy": None if session.energy is None else round(session.energy, 1),
            "average_price": None if price is None else round(price, 4),
            "currency": prices.currency if prices and price is not None else None,
        }
        self._trigger_event(
            COMPLETED if session.is_completed else INTERRUPTED,
            {name: value for name, value in known.items() if value is not None},
        )
        self.async_write_ha_state()
