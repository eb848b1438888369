"""Searches for answers of Hiven that break the client or the account: `scripts/fuzz`."""

# How `scripts/fuzz` tells the tests what to do.
ENV_SECONDS = "HIVEN_FUZZ_SECONDS"
ENV_SEED = "HIVEN_FUZZ_SEED"
