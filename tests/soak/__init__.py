"""Lives a month with an account and counts what it leaves behind: `scripts/soak`."""

# How `scripts/soak` tells the test what to do.
ENV_DAYS = "HIVEN_SOAK_DAYS"
ENV_SEED = "HIVEN_SOAK_SEED"
ENV_START = "HIVEN_SOAK_START"
