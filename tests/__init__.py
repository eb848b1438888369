"""Tests: they speak HTTP to the simulator, through Home Assistant's own machinery."""

import asyncio

USER_ID = "user-1"
API_KEY = "key-of-user-1"
PARTNER = "Nordic Energy"
CREDENTIAL_ID = "hiven_user_1"


async def turn() -> None:
    """Let others run once, which takes no time."""
    await asyncio.sleep(0)  # noqa: TID251
