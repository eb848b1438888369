"""A whole run of the benchmark."""

from collections.abc import Collection
import os
import platform
import sys
from tempfile import TemporaryDirectory

from homeassistant.const import __version__ as HOME_ASSISTANT

from . import account, clocks, day, imports, memory
from .cloud import Cloud
from .figures import ANY, Case, Results
from .processes import in_process

# What a quick run has, which is still enough for every budget.
QUICK = (Case(1, 50), Case(100, 50), Case(100, 0), Case(300, 0))
QUICK_RUNS = 2
MEMORY_VEHICLES = 100


def measure(
    *, quick: bool, vehicles: Collection[int], latencies: Collection[int], runs: int
) -> Results:
    """Measure everything, several times each."""
    cases: Collection[Case] = QUICK
    if quick:
        runs = QUICK_RUNS
    else:
        cases = [Case(number, ms) for ms in latencies for number in vehicles]
    results = Results(
        {
            "Home Assistant": HOME_ASSISTANT,
            "Python": platform.python_version(),
            "runs": runs,
            "cores": os.cpu_count(),
        }
    )
    clocks.run(_accounts(results, cases, runs))
    _imports(results, 1 if quick else runs)
    if not quick:
        _memory(results, runs)
        _progress("a day")
        for endpoint, number in day.calls().items():
            results.add(f"a day with two cars, calls: {endpoint}", ANY, number)
    _progress("")
    return results


def measure_again(results: Results, cases: Collection[Case]) -> None:
    """Measure some cases a few times more."""
    clocks.run(_accounts(results, cases, QUICK_RUNS))
    _progress("")


async def _accounts(results: Results, cases: Collection[Case], runs: int) -> None:
    await account.warm_up()
    for case in sorted(cases):
        _progress(f"{case.vehicles} cars, {case.latency} ms a call")
        with Cloud(case.vehicles) as cloud:
            await account.measure(results, cloud, case, runs)


def _imports(results: Results, runs: int) -> None:
    _progress("import")
    with TemporaryDirectory(prefix="hiven-bench-") as cache:
        # The first time compiles.
        in_process(imports.cost, cache)
        for _ in range(runs):
            seconds, modules = in_process(imports.cost, cache)
            results.add("import, CPU s", ANY, seconds)
            results.add("import, modules of others", ANY, len(modules))
            if modules:
                results.about["imported from others"] = " ".join(modules)


def _memory(results: Results, runs: int) -> None:
    _progress("memory")
    if memory.is_told():
        for _ in range(runs):
            value = in_process(memory.megabytes_a_vehicle, MEMORY_VEHICLES)
            results.add("memory, MB a vehicle", ANY, value)


def _progress(what: str) -> None:
    """Say what is being measured, where somebody looks."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{what}")
        sys.stderr.flush()
