"""An invented price of electricity: cheap at night, dear when people cook."""

from datetime import datetime
from zoneinfo import ZoneInfo

# Cents a kWh by local hour.
_DAY = (
    4.1, 3.6, 3.2, 3.0, 3.3, 4.4, 7.2, 10.8, 12.1, 10.4, 8.7, 7.9,
    7.1, 6.6, 6.9, 8.3, 11.2, 14.6, 15.3, 13.0, 10.1, 8.0, 6.2, 5.0,
)  # fmt: skip


def price(hour: datetime, time_zone: ZoneInfo) -> float:
    """Return the price of the hour that begins then; the same whenever asked."""
    local = hour.astimezone(time_zone)
    # Days differ a little, so that not every night has the same cheapest hours.
    wobble = (local.toordinal() * 37 + local.hour * 17) % 11 - 5
    return _DAY[local.hour] + wobble * 0.1
