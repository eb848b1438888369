"""What the tests of all platforms share."""

from collections.abc import Awaitable, Callable

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    snapshot_platform,
)
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from syrupy.assertion import SnapshotAssertion
from syrupy.filters import props

from simulator import Simulator

from .api.cars import add_full_car

type Start = Callable[[], Awaitable[MockConfigEntry]]

MONDAY_NOON = "2026-01-12T10:00:00+00:00"
HELSINKI = "Europe/Helsinki"


class SnapshotOfPlatform:
    """All entities of a car of which everything is known."""

    platform: Platform

    async def test_entities(
        self,
        hass: HomeAssistant,
        simulator: Simulator,
        start: Start,
        freezer: FrozenDateTimeFactory,
        snapshot: SnapshotAssertion,
    ) -> None:
        """They look as they always did."""
        freezer.move_to(MONDAY_NOON)
        await hass.config.async_set_time_zone(HELSINKI)
        add_full_car(simulator)
        entry = await start()
        registry = er.async_get(hass)
        for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
            if entity.disabled_by is not None:
                registry.async_update_entity(entity.entity_id, disabled_by=None)
        await hass.config_entries.async_reload(entry.entry_id)
        for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
            if entity.domain != self.platform:
                registry.async_remove(entity.entity_id)
        await hass.async_block_till_done()
        as_always = snapshot.with_defaults(
            extension_class=HomeAssistantSnapshotExtension,
            exclude=props("compat_name"),  # Home Assistant 2026.10 does not have it.
        )
        await snapshot_platform(hass, registry, as_always, entry.entry_id)
