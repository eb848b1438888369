"""The tested programs start their own Home Assistant if they need one."""

import pytest


@pytest.fixture(autouse=True)
def _integration(socket_enabled: None) -> None:
    """Replace the fixture that sets up Home Assistant."""
