"""The list of car models and what they can do, kept for a day."""

from datetime import datetime, timedelta

from homeassistant.util import dt as dt_util

from .api import HivenClient, VehicleModel

KEEP = timedelta(days=1)


class ModelList:
    """Reads the list when it is needed and not again for a day."""

    def __init__(self, client: HivenClient) -> None:
        """Read with a client."""
        self._client = client
        self._models: tuple[VehicleModel, ...] = ()
        self._read_at: datetime | None = None

    async def get(self, *, force_refresh: bool = False) -> tuple[VehicleModel, ...]:
        """Return the models; raises HivenError when they cannot be read."""
        now = dt_util.utcnow()
        if force_refresh or self._read_at is None or now - self._read_at >= KEEP:
            self._models = await self._client.supported_vehicles()
            self._read_at = now
        return self._models
