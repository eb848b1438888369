"""Constants of the Hiven integration."""

from datetime import timedelta
import logging
from typing import Final

DOMAIN: Final = "hiven"
LOGGER = logging.getLogger(__package__)

# Replaces Hiven's address, for the demo, tests or a staging system.
ENV_API_URL: Final = "HIVEN_API_URL"

CONF_AUTH_IMPLEMENTATION: Final = "auth_implementation"
# The address of a provider that runs its own service in front of Hiven.
CONF_SERVICE_ADDRESS: Final = "service_address"

# Options: the entry of a price integration or one of the words below, and the area to
# use if the source does not know the car's own.
CONF_PRICE_SOURCE: Final = "price_source"
CONF_PRICE_AREA: Final = "price_area"
PRICES_AUTOMATIC: Final = "automatic"
PRICES_NONE: Final = "none"

# Used if Home Assistant's country is not set.
DEFAULT_COUNTRY: Final = "FI"

# Battery capacities in kWh that people can enter. All electric cars are within them.
MIN_CAPACITY: Final = 5
MAX_CAPACITY: Final = 250
DEFAULT_SCAN_INTERVAL: Final = timedelta(minutes=5)
MIN_SCAN_INTERVAL_MINUTES: Final = 5
MAX_SCAN_INTERVAL_MINUTES: Final = 60

# Tesla's address for adding a key for SmartCar, as SmartCar documents it.
VIRTUAL_KEY_URL: Final = "https://www.tesla.com/_ak/smartcar.com"
