"""Searches for answers of Hiven that break the client or the account: `scripts/fuzz`."""
