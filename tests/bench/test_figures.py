"""Figures, budgets and tables."""

from pathlib import Path

import pytest

from bench.__main__ import main
from bench.budgets import (
    BUDGETS,
    FEW,
    GROWING,
    MANY,
    disturbed,
    trips,
    unjudged,
    verdicts,
)
from bench.document import BEGIN, END, PAGE, with_tables
from bench.figures import ANY, Case, Figure, Results
from bench.report import comparison, number, report, shown
from bench.run import QUICK

FAR = Case(100, 50)


def results(**figures: float) -> Results:
    """Return results with a median for each name, `__` for what a name cannot hold."""
    found = Results({"runs": 3})
    for name, value in figures.items():
        found.add(name.replace("__", ", ").replace("_", " "), FAR, value, value, value)
    return found


def over(found: Results) -> list[str]:
    return [each.what for each in verdicts(found) if not each.is_kept]


def test_median_and_spread() -> None:
    """Of all values, in any order."""
    figure = Figure((5.0, 1.0, 2.0))
    assert (figure.median, figure.spread) == (2.0, 4.0)
    assert Figure((1.0, 2.0)).median == 1.5
    assert shown(figure) == "2 (1–5)"
    assert shown(Figure((3.0, 3.0))) == "3"
    assert shown(None) == "–"
    assert [number(each) for each in (0.0123, 12.34, 123.4, 0)] == [
        *("0.0123", "12.3", "123.4", "0")
    ]


def test_figures_survive_a_file(tmp_path: Path) -> None:
    """With every value, and what they were measured on."""
    found = results(write__calls=3)
    found.add("import, CPU s", ANY, 0.1, 0.2)
    found.save(tmp_path / "figures.json")
    loaded = Results.load(tmp_path / "figures.json")
    assert loaded.about == {"runs": 3}
    assert list(loaded.items()) == list(found.items())


@pytest.mark.parametrize(
    ("name", "kept", "bad"),
    [
        ("set-up, calls", 101, 102),
        ("set-up, calls", 101, 100),
        ("set-up, plan calls after it", 100, 99),
        ("set-up, most calls at once", 8, 9),
        ("poll, nothing changed, calls", 101, 102),
        ("poll, one changed, calls", 101, 100),
        ("poll, one changed, plan calls", 0, 1),
        ("poll, nothing changed, states written", 0, 1),
        ("poll, one changed, states written", 3, 0),
        ("poll, one changed, states written", 3, 6),
        ("poll, all changed, states written", 300, 3),
        ("poll, one changed, states written in vain", 0, 1),
        ("poll, all changed, most calls at once", 8, 100),
        ("write, calls", 3, 4),
        ("write, calls", 3, 2),
        ("write, plan calls", 1, 0),
        ("write, loop turns until it shows", 1, 2),
        ("week, writes", 2, 3),
        ("import, modules of others", 0, 1),
    ],
)
def test_a_bad_result_is_over_budget(name: str, kept: float, bad: float) -> None:
    """However the runs differ."""
    case = ANY if name.startswith("import") else FAR
    well, badly = Results(), Results()
    well.add(name, case, kept, kept, 500)
    badly.add(name, case, bad, 500, bad)
    assert list(verdicts(well))
    assert over(well) == []
    assert over(badly) == [name]
    assert f"| {name}" in report(badly).split("Not kept")[1]
    assert "budgets are kept" in report(well)


def test_a_budget_tells_whether_it_is_exact() -> None:
    """Too few calls are not within a budget."""
    assert "exactly 3" in report(results(write__calls=2))
    assert "at most 2" in report(results(week__writes=3))


def far(name: str, *values: float, plain: float = 0, trip: float = 0.05) -> Results:
    """Return times of which the last run's round trips were disturbed."""
    found = Results()
    found.add("round trip, ms", FAR, *[trip * 1000] * (len(values) - 1), trip * 2000)
    found.add("as many plain entities, s", FAR, plain, plain, 2 * plain)
    found.add(name, FAR, *values)
    return found


@pytest.mark.parametrize(
    ("name", "budget", "floor", "most"),
    [
        ("poll, all changed, s", "poll, all changed, floors", 0.7, 1.25),
        ("set-up, s", "set-up, floors and plain", 0.7 + 0.2, 1.25),
        ("write, ms", "write, round trips", 50, 3.3),
    ],
)
def test_the_quickest_are_compared_with_each_other(
    name: str, budget: str, floor: float, most: float
) -> None:
    """Not those of the run whose round trips took longest."""
    assert trips(FAR.vehicles) * 0.05 == pytest.approx(0.7)
    slow, quick = floor * most * 1.01, floor * most * 0.99
    assert over(far(name, slow, slow, slow, plain=0.2)) == [budget]
    assert over(far(name, quick, 9 * slow, 9 * slow, plain=0.2)) == []


def test_of_counts_the_median_is_judged() -> None:
    """A run that happens to be right does not hide the others."""
    found = Results()
    found.add("write, calls", FAR, 3, 50, 50)
    assert over(found) == ["write, calls"]


def test_an_idle_loop_does_not_count() -> None:
    """A loop that is held anyway is not held by the poll."""
    name = "poll, all changed, loop held CPU ms"
    for idle, expected in ((0.0, [name]), (5.0, [])):
        found = Results()
        found.add(name, FAR, 24.0)
        found.add("idle, loop held CPU ms", FAR, idle)
        assert over(found) == expected


def test_growth_has_to_be_linear() -> None:
    """Three times as many cars take three times as long, and a car no longer."""
    for name, few, linear, steep in (
        ("set-up, s", 1.0, 3.3, 3.6),
        ("poll, all changed, CPU ms a vehicle", 1.0, 1.1, 1.2),
    ):
        for many, is_kept in ((linear, True), (steep, False)):
            found = Results()
            found.add(name, FAR, few)
            found.add(name, Case(MANY, FAR.latency), many)
            assert (over(found) == []) is is_kept


def test_what_took_too_long_is_measured_again() -> None:
    """With what it is compared with; a wrong count is wrong and stays it."""
    found = Results()
    for case, cost in ((Case(FEW, 0), 1.0), (Case(MANY, 0), 1.3), (FAR, 1.0)):
        found.add("set-up, CPU ms a vehicle", case, cost)
    found.add("write, calls", FAR, 4)
    found.add("import, modules of others", ANY, 1)
    assert len(over(found)) == 3
    assert disturbed(found) == {Case(FEW, 0), Case(MANY, 0)}
    found.add("set-up, CPU ms a vehicle", Case(MANY, 0), 1.1)
    assert disturbed(found) == set()


def test_there_is_no_floor_where_answers_come_at_once() -> None:
    """Only what other processes do would be judged."""
    found = Results()
    found.add("write, ms", Case(100, 0), 50)
    found.add("round trip, ms", Case(100, 0), 1)
    assert list(verdicts(found)) == []


def everything(*cases: Case) -> Results:
    """Return results with a value for all that has a budget."""
    found = Results()
    budgets = [each.what for each in BUDGETS]
    parts = ("round trip, ms", "as many plain entities, s", "write, ms")
    idle = "idle, loop held CPU ms"
    for name in {*budgets, *GROWING, *parts, idle}:
        for case in (*cases, ANY):
            found.add(name, case, 1)
    return found


def test_nothing_measured_is_nothing_judged() -> None:
    """Which is not the same as kept."""
    assert len(list(unjudged(Results(), growth=False))) == len(BUDGETS)


def test_a_quick_run_judges_every_budget() -> None:
    """Growth too, which takes few and many cars."""
    assert list(unjudged(everything(*QUICK), growth=True)) == []
    few = [case for case in QUICK if case.vehicles != MANY]
    missing = [f"{name}: growth from {FEW}" for name in GROWING]
    assert list(unjudged(everything(*few), growth=True)) == missing
    assert list(unjudged(everything(*few), growth=False)) == []


def test_a_budget_without_a_case_is_not_judged() -> None:
    """Where answers come at once no ratio is."""
    missing = list(unjudged(everything(Case(1, 0)), growth=False))
    assert missing == [each.what for each in BUDGETS if "floors" in each.what] + [
        "write, round trips"
    ]


def test_a_budget_without_a_figure_is_not_judged() -> None:
    """Even if only one case lacks it."""
    found = everything(FAR)
    found.add("set-up, calls", Case(1, 50), 2)
    missing = set(unjudged(found, growth=False))
    assert "write, calls" in missing
    assert "poll, one changed, loop held CPU ms" in missing
    assert not missing & {"set-up, calls", "import, modules of others"}


@pytest.mark.parametrize(
    ("options", "cases", "code"),
    [
        ("--check --vehicles 1 --latency 50", [Case(1, 50)], 0),
        ("--check --vehicles 1 --latency 0", [Case(1, 0)], 1),
        ("--vehicles 1 --latency 0", [Case(1, 0)], 0),
        ("--check --quick", [Case(1, 50)], 1),
        ("--check --vehicles 100 300", [Case(100, 50)], 1),
        ("--check", [], 1),
    ],
)
def test_a_check_fails_when_a_budget_is_not_judged(
    options: str,
    cases: list[Case],
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """And says which."""
    found = everything(*cases) if cases else Results()
    monkeypatch.setattr("sys.argv", ["bench", *options.split()])
    monkeypatch.setattr("bench.run.measure", lambda **_: found)
    monkeypatch.setattr("bench.budgets.Verdict.is_kept", True)
    assert main() == code
    assert ("Not judged" in capsys.readouterr().out) == (code == 1)


def test_comparison_tells_ratios_of_what_differs() -> None:
    """And leaves out what is the same or new."""
    old = results(write__calls=3, poll=2, idle=0)
    new = results(write__calls=3, poll=3, idle=1, other=4)
    lines = comparison(old, new).splitlines()
    assert len(lines) == 4
    assert "× 1.50" in lines[2]
    assert "was nothing" in lines[3]
    assert comparison(old, old) == "Nothing differs."


def test_tables_go_between_the_marks() -> None:
    """Whatever stands there; the page of this repository has the marks."""
    page = f"before\n{BEGIN}\nold\n{END}\nafter"
    once = with_tables(page, "new")
    assert once == f"before\n{BEGIN}\n\nnew\n\n{END}\nafter"
    assert with_tables(once, "new") == once
    assert "new" in with_tables(PAGE.read_text("utf-8"), "new")
    with pytest.raises(ValueError, match="marks"):
        with_tables("a page", "new")
