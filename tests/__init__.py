"""Tests: they speak HTTP to the simulator, through Home Assistant's own machinery."""

USER_ID = "user-1"
API_KEY = "key-of-user-1"
PARTNER = "Nordic Energy"
CREDENTIAL_ID = "hiven_user_1"
