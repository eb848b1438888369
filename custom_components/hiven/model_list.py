"""The list of car models and what they can do, kept for a day."""

from datetime import datetime, timedelta

from homeassistant.util import dt as dt_util

from .api import HivenClient, HivenError, VehicleModel
from .const import LOGGER

KEEP = timedelta(days=1)
TRY_AGAIN = timedelta(hours=1)


class ModelList:
    """Reads the list when it is needed and not again for a day."""

    def __init__(self, client: HivenClient) -> None:
        """Read with a client."""
        self._client = client
        self._models: tuple[VehicleModel, ...] = ()
        self._read_at: datetime | None = None
        self._tried_at: datetime | None = None

    @property
    def known(self) -> tuple[VehicleModel, ...]:
        """The models as last read, empty when they never were."""
        return self._models

    async def refresh_if_due(self) -> None:
        """Read the list when a day has passed; after a failure not for an hour."""
        now = dt_util.utcnow()
        if self._tried_at is not None and now - self._tried_at < TRY_AGAIN:
            return
        self._tried_at = now
        try:
            await self.get()
        except HivenError as err:
            LOGGER.debug("The list of models cannot be read: %s", err)

    async def get(self, *, force_refresh: bool = False) -> tuple[VehicleModel, ...]:
        """Return the models; raises HivenError when they cannot be read."""
        now = dt_util.utcnow()
        if force_refresh or self._read_at is None or now - self._read_at >= KEEP:
            self._models = await self._client.supported_vehicles()
            self._read_at = now
        return self._models
