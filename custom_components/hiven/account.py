"""A running account: its parts, and each vehicle as entities show it."""

from datetime import datetime, timedelta
from operator import is_

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from .api import HivenClient
from .car import Car, car_of
from .const import DOMAIN
from .coordinator import HivenCoordinator
from .history import Histories, History
from .issues import async_update_issues
from .kept import Pending
from .memory import Memory
from .model_list import ModelList
from .plan import Plan
from .plans import Plans
from .preferences import Change
from .prices import PriceReader, Prices
from .returns import Returns
from .state import VehicleState
from .writer import Writer

type HivenConfigEntry = ConfigEntry[HivenAccount]
type _Parts = tuple[
    VehicleState,
    Change | None,
    Plan | None,
    Pending | None,
    History | None,
    bool,
    Prices | None,
]

CHECK_EVERY = timedelta(hours=1)


class HivenAccount:
    """Reads and writes for one account."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: HivenClient,
        memory: Memory,
    ) -> None:
        """Create the parts; `async_start` starts keeping them up to date."""
        self._hass = hass
        self._entry = entry
        self.client = client
        self.memory = memory
        self.coordinator = HivenCoordinator(hass, entry, client, memory)
        self.plans = Plans(hass, entry, self.coordinator)
        self.prices = PriceReader(hass, entry, self.coordinator, self.plans)
        self.writer = Writer(hass, entry, self.coordinator, memory)
        self.returns = Returns(hass, entry, self.coordinator, self.writer)
        self.histories = Histories(hass, entry, self.coordinator, self.plans)
        self.models = ModelList(client)
        # All entities of a car request it one after another, so it is kept until
        # something changes.
        self._cars: dict[str, tuple[_Parts, Car]] = {}
        self._checked: dict[str, VehicleState] = {}
        self._stops: list[CALLBACK_TYPE] = []

    @callback
    def async_start(self) -> None:
        """Keep plans, models and issues up to date until the entry is unloaded."""
        self._stops = [
            self.plans.async_start(),
            self.prices.async_start(),
            self.returns.async_start(),
            self.histories.async_start(),
            self.coordinator.async_add_listener(self._async_follow),
            async_track_time_interval(self._hass, self._async_check, CHECK_EVERY),
            self.writer.async_close,
        ]
        self._entry.async_on_unload(self._async_stop)
        # Home Assistant awaits only shutdown jobs before it stops.
        self._entry.async_on_unload(
            self._hass.async_add_shutdown_job(HassJob(self.async_close))
        )
        # All parts follow the first data.
        self.coordinator.async_update_listeners()

    async def async_load(self) -> None:
        """Read the first data, and restore what was stored before the last stop."""
        await self.prices.async_load()
        await self.returns.async_load()
        await self.histories.async_load()

    @callback
    def _async_stop(self) -> None:
        while self._stops:
            self._stops.pop()()

    async def async_close(self) -> None:
        """Stop everything, and wait until nothing is being written."""
        self._async_stop()
        await self.coordinator.async_shutdown()
        await self.writer.async_finish()

    def vehicle(self, vehicle_id: str) -> Car | None:
        """Return a vehicle as entities show it; None if Hiven no longer has it."""
        if (state := self.coordinator.data.get(vehicle_id)) is None:
            return None
        parts = (
            state,
            self.writer.pending(vehicle_id),
            self.plans.plan(vehicle_id),
            self.returns.pending(vehicle_id),
            self.histories.history(vehicle_id),
            self.plans.is_known(vehicle_id),
            self.prices.prices(vehicle_id),
        )
        before = self._cars.get(vehicle_id)
        # Equal preferences may differ in what they carry, so compare by identity.
        if before is not None and all(map(is_, before[0], parts, strict=True)):
            return before[1]
        car = car_of(*parts[:5], is_plan_known=parts[5], prices=parts[6])
        self._cars[vehicle_id] = parts, car
        return car

    async def async_change(
        self, vehicle_id: str, change: Change, *, until: datetime | None = None
    ) -> None:
        """Change a vehicle's preferences; return once Hiven has stored the change.

        With `until`, the old settings return at that time. Raises HomeAssistantError,
        which says why the change was not stored and what to do.
        """
        if until is None:
            await self.writer.async_write(vehicle_id, change)
        else:
            await self.returns.async_change_until(vehicle_id, change, until)

    async def async_refresh(self) -> None:
        """Read the list and every car at once."""
        await self.coordinator.async_request_refresh()

    @callback
    def _async_check(self, _now: datetime | None = None) -> None:
        """Update issues that depend on the time or on the list of models."""
        self._checked.clear()
        self._async_follow()

    async def _async_read_models(self) -> None:
        async with self.coordinator.slots:
            await self.models.async_refresh()
        self._async_check()

    @callback
    def _async_follow(self) -> None:
        """Update the issues of changed vehicles; forget vehicles that are gone."""
        if self.coordinator.is_closed:
            return
        states = self.coordinator.data
        for gone in self._cars.keys() - states.keys():
            del self._cars[gone]
        if states and self.models.is_due:
            self._entry.async_create_background_task(
                self._hass, self._async_read_models(), f"{DOMAIN} models"
            )
        for vehicle_id, state in states.items():
            if self._checked.get(vehicle_id) is not state:
                async_update_issues(self._hass, self._entry, state, self.models.known)
        self._checked = dict(states)
