"""A real run of the benchmark with few cars."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from unittest.mock import patch

from bench import clocks
from bench.account import measure
from bench.budgets import unjudged, verdicts
from bench.cloud import Cloud
from bench.figures import Case, Results
from bench.processes import in_process
from custom_components.hiven.coordinator import HivenCoordinator

CASE = Case(2, 1)
_tell = HivenCoordinator._tell  # noqa: SLF001


def tell_of_one(coordinator: HivenCoordinator, vehicle_ids: list[str]) -> None:
    """Lose news of many cars."""
    if len(vehicle_ids) == 1:
        _tell(coordinator, vehicle_ids)


@contextmanager
def lossy() -> Iterator[None]:
    """Let the integration lose news."""
    with patch.object(HivenCoordinator, "_tell", tell_of_one):
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
    assert "car_0_state_of_charge shows 41.0 instead of 50.0" in error
