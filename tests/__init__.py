"""Tests of the integration, which talks to the simulator over HTTP."""

import asyncio
from typing import Any

type Json = dict[str, Any]

USER_ID = "5b1d0c5e-7a0e-4c57-9d0b-1f6f3a2c8e01"
API_KEY = "key-of-user-1"
OTHER_USER_ID = "5b1d0c5e-7a0e-4c57-9d0b-1f6f3a2c8e02"
OTHER_KEY = "key-of-another-user"
NEW_KEY = "new-key"
PARTNER = "Nordic Energy"
CREDENTIAL_ID = f"hiven_{USER_ID.replace('-', '_')}"
OTHER_CREDENTIAL_ID = f"hiven_{OTHER_USER_ID.replace('-', '_')}"


async def turn() -> None:
    """Let the other tasks of the event loop run once."""
    await asyncio.sleep(0)  # noqa: TID251
