"""The programs start their own Home Assistant, where they need one."""

import pytest


@pytest.fixture(autouse=True)
def _integration(socket_enabled: None) -> None:
    """Do without the Home Assistant of the other tests."""
