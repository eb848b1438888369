"""The calls of a day, counted by a test: the tests know how to move the clock."""

from collections import Counter
import json
import os
from pathlib import Path
import subprocess
import sys
from tempfile import TemporaryDirectory

TEST = "tests/bench/test_day.py"
# Where the test writes to.
ENV_FILE = "HIVEN_BENCH_DAY"


def calls() -> Counter[str]:
    """Return the calls of a household with two cars, by endpoint."""
    with TemporaryDirectory(prefix="hiven-bench-") as folder:
        file = Path(folder, "calls.json")
        subprocess.run(  # noqa: S603
            [
                *(sys.executable, "-m", "pytest", "-p", "tests.newest"),
                *("--quiet", "--no-cov", "--no-header", TEST),
            ],
            check=True,
            env=os.environ | {ENV_FILE: str(file)},
            stdout=subprocess.DEVNULL,
        )
        return Counter(json.loads(file.read_text()))
