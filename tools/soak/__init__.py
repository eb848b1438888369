"""Lives a month with an account and counts what it leaves behind: `scripts/soak`."""
