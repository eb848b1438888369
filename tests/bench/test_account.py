"""A real run of the benchmark with few cars."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from unittest.mock import patch

from bench import clocks
from bench.account import measure
from bench.budgets import unjudged, verdicts
from bench.cloud import Cloud, move, vehicle_id
from bench.figures import Case, Results
from bench.processes import in_process
from simulator import Simulator

CASE = Case(2, 1)


def lose(simulator: Simulator, vehicles: int) -> list[float]:
    """Move cars, of which the news of only the first arrives."""
    moved = move(simulator, vehicles)
    for index in range(1, vehicles):
        simulator.cars[vehicle_id(index)].soc = 50.0
    return moved


@contextmanager
def lossy() -> Iterator[None]:
    """Lose news on the way."""
    with patch("bench.account.move", lose):
        yield


def measured(
    how: Callable[[], AbstractContextManager[None]],
) -> tuple[str, list[str], list[str]]:
    """Return what failed, which exact budgets are not kept, and which not judged."""
    results = Results()
    error = ""
    with how(), Cloud(CASE.vehicles) as cloud:
        try:
            clocks.run(measure(results, cloud, CASE, 1))
        except AssertionError as err:
            error = str(err)
    bad = [
        each.what for each in verdicts(results) if each.is_exact and not each.is_kept
    ]
    return error, bad, list(unjudged(results, growth=False))


def test_a_run_has_what_the_budgets_take() -> None:
    """With the counts they want; the times of a busy machine are not judged here."""
    assert in_process(measured, nullcontext) == ("", [], ["import, modules of others"])


def test_lost_news_ends_the_benchmark() -> None:
    """It would be quick else, and write nothing in vain."""
    error, _, _ = in_process(measured, lossy)
    assert "car_1_state_of_charge shows 50.0 instead of 41.0" in error
