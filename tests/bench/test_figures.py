"""Figures, budgets and tables."""

from pathlib import Path

import pytest

from bench.budgets import MANY, verdicts
from bench.document import BEGIN, END, PAGE, with_tables
from bench.figures import ANY, Case, Figure, Results
from bench.report import comparison, number, report, shown

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
    ("name", "kept", "too_much"),
    [
        ("set-up, floors and plain", 1.2, 20),
        ("set-up, most calls at once", 8, 9),
        ("poll, nothing changed, floors", 1.25, 1.26),
        ("poll, nothing changed, calls", 101, 102),
        ("poll, nothing changed, states written", 0, 1),
        ("poll, one changed, states written in vain", 0, 1),
        ("poll, all changed, most calls at once", 8, 100),
        ("write, round trips", 3.1, 4),
        ("write, calls", 3, 4),
        ("write, loop turns until it shows", 1, 2),
        ("week, writes", 2, 3),
        ("import, modules of others", 0, 1),
    ],
)
def test_a_bad_result_is_over_budget(name: str, kept: float, too_much: float) -> None:
    """However the runs differ."""
    well, badly = Results(), Results()
    well.add(name, FAR, kept, kept, 2 * too_much)
    badly.add(name, FAR, too_much, 2 * too_much, too_much)
    assert list(verdicts(well))
    assert over(well) == []
    assert over(badly) == [name]
    assert f"| {name}" in report(badly).split("Over budget")[1]
    assert "budgets are kept" in report(well)


def test_of_times_the_quickest_run_counts() -> None:
    """Other processes only add to them; of counts it is the median."""
    for name, expected in (
        ("write, round trips", []),
        ("write, calls", ["write, calls"]),
    ):
        found = Results()
        found.add(name, FAR, 3, 50, 50)
        assert over(found) == expected


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


def test_there_is_no_floor_where_answers_come_at_once() -> None:
    """Only what other processes do would be judged."""
    found = Results()
    found.add("write, round trips", Case(100, 0), 50)
    assert list(verdicts(found)) == []


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
