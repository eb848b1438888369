"""The benchmark: its clocks and budgets, and a real run with few cars."""

from math import inf
import time

import pytest

from simulator import Simulator
from tests import turn
from tools.bench import account, clocks, day
from tools.bench.cloud import move, vehicle_id
from tools.bench.figures import CARS, ONCE, Figures, number

CARS_OF_A_TEST = 2


def figures(*values: float, kind: str = "count") -> Figures:
    """Return figures with a budget of 3."""
    found = Figures()
    found.cars = CARS[0]
    for value in values:
        getattr(found, kind)("a figure", value, at_most=3)
    return found


def is_met(found: Figures) -> bool:
    (figure,) = found
    return figure.is_met


def test_the_worst_count_the_fastest_run_and_the_median_ratio_are_judged() -> None:
    """Other processes can only make a run slower. A wrong count is not repeated."""
    assert is_met(figures(3, 1))
    assert not is_met(figures(1, 4, 1))
    assert figures(1, 4, 1).too_slow() == []
    assert is_met(figures(3, 9, kind="time"))
    assert not is_met(figures(3.1, 9, kind="time"))
    assert figures(3.1, 9, kind="time").too_slow() == [CARS[0]]
    assert is_met(figures(1, 3, 9, kind="ratio"))
    assert figures(1, 3.1, 9, kind="ratio").too_slow() == [CARS[0]]


@pytest.mark.parametrize("value", [0, 72])
def test_an_exact_count_is_neither_more_nor_less(value: float) -> None:
    found = Figures()
    found.count("states written", 3, exactly=3)
    assert is_met(found)
    found.count("states written", value, exactly=3)
    assert not is_met(found)


def test_tables_show_all_figures_and_the_budgets_that_are_not_met() -> None:
    numbers = [number(each) for each in (0.0123, 12.34, 123.4, 0)]
    assert numbers == ["0.0123", "12.3", "123.4", "0"]
    found = Figures()
    for found.cars in CARS:
        for value in (1, 2, 4):
            found.count("calls", value, at_most=4)
    found.cars = ONCE
    found.time("import, CPU s", 0.05)
    tables = found.tables()
    assert tables.count("2 (1–4)") == len(CARS)
    assert "0.05" in tables
    assert tables.endswith("All 3 budgets are met.")
    found.count("calls", 5, at_most=4)
    assert "Not met: 1 of 4 budgets" in found.tables()


def test_a_loop_that_is_held_is_noticed() -> None:
    async def hold() -> None:
        await turn()
        done_at = time.thread_time() + 0.02
        while time.thread_time() < done_at:
            pass

    async def work() -> clocks.Times:
        return await clocks.timed(hold())

    assert clocks.run(work()).held >= 0.02


def lose(simulator: Simulator, cars: int) -> list[float]:
    """Move all cars, but let only the first one report it."""
    moved = move(simulator, cars)
    for index in range(1, cars):
        simulator.cars[vehicle_id(index)].soc = 50.0
    return moved


def test_lost_news_ends_the_benchmark(
    monkeypatch: pytest.MonkeyPatch,  # noqa: TID251 - the benchmark, not the integration
) -> None:
    """Lost news would make the benchmark look faster."""
    monkeypatch.setattr(account, "move", lose)
    with pytest.raises(AssertionError, match=r"shows 50\.0 instead of 41\.0"):
        clocks.run(account.measure(Figures(), CARS_OF_A_TEST, 1))


def test_a_run_meets_its_budgets() -> None:
    """The budgets are counted, because a lost one would go unnoticed."""
    found = Figures()
    clocks.run(account.measure(found, CARS_OF_A_TEST, 1))
    assert [each.name for each in found if each.judge is max and not each.is_met] == []
    assert sum(each.at_most < inf for each in found) == 26


def test_a_day_has_what_the_budgets_need() -> None:
    """The day has a report every half hour, shown in time, and a start of charging."""
    found = day.live(1)
    assert 90 <= len(found.reports) <= 110
    assert max(found.reports) <= 15
    assert max(found.charging) <= 5
    assert found.calls["telemetry"]
