"""The benchmark: its clocks and budgets, and a real run with few cars."""

import time

import pytest

from simulator import Simulator
from tests import turn
from tools.bench import account, clocks, day
from tools.bench.__main__ import BEGIN, END, PAGE, too_slow, with_tables
from tools.bench.budgets import MOST_OF_COMMUTERS, POLLS, verdicts
from tools.bench.cloud import AT_ONCE, move, vehicle_id
from tools.bench.figures import CARS, FEW, ONCE, SOME, Figures, number

CARS_OF_A_TEST = 2
PLAIN = 50.0


def good(**changed: list[float]) -> Figures:
    """Return figures within all budgets. In `changed`, `__` stands for ", "."""
    figures = Figures()
    for cars in CARS:
        values = {
            "set-up, s": PLAIN,
            "set-up, calls": 2 + cars,
            "set-up, plan calls after it": cars,
            "set-up, most calls at once": AT_ONCE,
            "as many plain sensors, s": PLAIN,
            "write, calls": 3,
            "write, plan calls": 1,
            "write, loop turns until it shows": 1 if cars <= SOME else 50,
            "week, writes": 2,
        }
        for what, moved in zip(POLLS, (0, 1, cars), strict=True):
            poll = f"poll, {what}"
            values |= {
                f"{poll}, loop held CPU ms": 19 if cars <= SOME else 59,
                f"{poll}, states written": 3 * moved,
                f"{poll}, needless state writes": 0,
                f"{poll}, calls": 1 + cars,
                f"{poll}, plan calls": 0,
                f"{poll}, most calls at once": AT_ONCE,
            }
        for name, value in values.items():
            _add(figures, name, cars, value, changed if cars == SOME else {})
    for name, value in {
        "import, modules of others": 0,
        "memory, kB an entity": 1.2,
        "memory, kB a plain sensor": 1,
        **MOST_OF_COMMUTERS,
    }.items():
        _add(figures, name, ONCE, value, changed)
    return figures


def _add(
    figures: Figures, name: str, cars: int, value: float, given: dict[str, list[float]]
) -> None:
    for each in given.get(_key(name), [value, value]):
        figures.add(name, cars, each)


def _key(name: str) -> str:
    return name.replace(", ", "__").replace(" ", "_").replace("-", "_")


def over(figures: Figures) -> list[str]:
    return [verdict.what for verdict in verdicts(figures) if not verdict.is_kept]


def test_good_figures_are_within_all_budgets() -> None:
    """A figure that was not measured is an error."""
    assert over(good()) == []
    with pytest.raises(KeyError, match="write, calls was not measured with 10 cars"):
        over(good(write__calls=[]))


@pytest.mark.parametrize(("name", "values"), [
    ("set_up__calls", [11, 12]),
    ("set_up__plan_calls_after_it", [9, 10]),
    ("set_up__most_calls_at_once", [8, 9]),
    ("poll__nothing_changed__calls", [11, 10]),
    ("poll__nothing_changed__states_written", [0, 72, 0]),
    ("poll__one_changed__states_written", [3, 0]),
    ("poll__one_changed__needless_state_writes", [1, 0]),
    ("poll__all_changed__states_written", [30, 33]),
    ("poll__all_changed__plan_calls", [0, 1]),
    ("poll__all_changed__most_calls_at_once", [9, 8]),
    ("write__calls", [3, 3, 4]),
    ("write__plan_calls", [1, 0]),
    ("write__loop_turns_until_it_shows", [1, 2]),
    ("week__writes", [2, 3]),
    ("import__modules_of_others", [0, 1]),
    ("two_commuters__calls_a_day:_telemetry", [351]),
    ("two_commuters__minutes_until_a_report_shows__mean", [2.6]),
])  # fmt: skip
def test_of_counts_the_worst_run_is_judged(name: str, values: list[float]) -> None:
    (what,) = over(good(**{name: values}))
    assert _key(what.partition(", off")[0]) == name


@pytest.mark.parametrize(("name", "kept", "missed", "judged"), [
    ("set_up__s", 1.24 * PLAIN, 1.26 * PLAIN, "set-up, times plain sensors"),
    ("poll__one_changed__loop_held_CPU_ms", 19, 21,
     "poll, one changed, loop held CPU ms"),
    ("memory__kB_an_entity", 1.2, 1.3, "memory, times plain sensors"),
])  # fmt: skip
def test_of_times_and_memory_the_lowest_run_is_judged(
    name: str, kept: float, missed: float, judged: str
) -> None:
    """Other processes can only add time or memory."""
    assert over(good(**{name: [kept, 999]})) == []
    assert over(good(**{name: [missed, 999]})) == [judged]


def test_what_took_too_long_is_measured_again() -> None:
    """A wrong count is not measured again."""
    assert too_slow(verdicts(good(set_up__s=[999]))) == (SOME,)
    assert too_slow(verdicts(good(set_up__calls=[9], memory__kB_an_entity=[9]))) == ()


def test_numbers_show_the_digits_that_matter() -> None:
    assert [number(each) for each in (0.0123, 12.34, 123.4, 0)] == [
        *("0.0123", "12.3", "123.4", "0")
    ]
    tables = good(set_up__s=[1, 2, 4]).tables()
    assert "2 (1–4)" in tables
    assert f"| cars {'':40}"[:6] in tables
    assert str(FEW) in tables


def test_tables_go_between_the_marks() -> None:
    page = f"before\n{BEGIN}\nold\n{END}\nafter"
    once = with_tables(page, "new")
    assert once == f"before\n{BEGIN}\n\nnew\n\n{END}\nafter"
    assert with_tables(once, "new") == once
    assert "new" in with_tables(PAGE.read_text("utf-8"), "new")
    with pytest.raises(ValueError, match="marks"):
        with_tables("a page", "new")


def test_a_loop_that_is_held_is_noticed() -> None:
    async def hold() -> None:
        await turn()
        done_at = time.thread_time() + 0.02
        while time.thread_time() < done_at:
            pass

    async def work() -> clocks.Times:
        return await clocks.timed(hold())

    times = clocks.run(work())
    assert min(times.held, times.held_cpu) >= 0.02


def lose(simulator: Simulator, cars: int) -> list[float]:
    """Move all cars, but let only the first one report it."""
    moved = move(simulator, cars)
    for index in range(1, cars):
        simulator.cars[vehicle_id(index)].soc = 50.0
    return moved


def measured() -> Figures:
    figures = Figures()
    clocks.run(account.measure(figures, CARS_OF_A_TEST, 1))
    return figures


def test_lost_news_ends_the_benchmark(
    monkeypatch: pytest.MonkeyPatch,  # noqa: TID251 - the benchmark, not the integration
) -> None:
    """Lost news would make the benchmark look faster."""
    monkeypatch.setattr(account, "move", lose)
    with pytest.raises(AssertionError, match=r"shows 50\.0 instead of 41\.0"):
        measured()


def test_a_day_has_what_the_budgets_need() -> None:
    """The day has a report every half hour, shown in time, and a start of charging."""
    found = day.live(1)
    assert 90 <= len(found.reports) <= 110
    assert max(found.reports) <= 15
    assert max(found.charging) <= 5
    assert found.calls["telemetry"]
