"""The list of car models and their capabilities, cached for a day."""

from datetime import datetime, timedelta

from homeassistant.util import dt as dt_util

from .api import HivenClient, VehicleModel
from .errors import tolerated

KEEP = timedelta(days=1)
TRY_AGAIN = timedelta(hours=1)


class ModelList:
    """Reads the list when it is needed, and caches it for a day."""

    def __init__(self, client: HivenClient) -> None:
        """Read with a client."""
        self._client = client
        self._models: tuple[VehicleModel, ...] = ()
        self._read_at: datetime | None = None
        self._tried_at: datetime | None = None

    @property
    def known(self) -> tuple[VehicleModel, ...]:
        """The models as last read; empty if they never were."""
        return self._models

    @property
    def is_due(self) -> bool:
        """Whether to read the list: a day after a success, an hour after a failure."""
        now = dt_util.utcnow()
        return (self._read_at is None or now - self._read_at >= KEEP) and (
            self._tried_at is None or now - self._tried_at >= TRY_AGAIN
        )

    async def async_refresh(self) -> None:
        """Read the list; keep the known one if it cannot be read."""
        self._tried_at = dt_util.utcnow()
        with tolerated("The list of models cannot be read"):
            await self.async_get(force_refresh=True)

    async def async_get(
        self, *, force_refresh: bool = False
    ) -> tuple[VehicleModel, ...]:
        """Return the models; raises HivenError if they cannot be read."""
        now = dt_util.utcnow()
        if force_refresh or self._read_at is None or now - self._read_at >= KEEP:
            self._models = await self._client.supported_vehicles()
            self._read_at = now
        return self._models
