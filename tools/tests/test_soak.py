"""A day with everything in it; `scripts/soak` lives a month."""

from datetime import date

from tools.soak.run import run


def test_a_day_leaves_nothing_behind() -> None:
    """The clocks go back on this day."""
    _, wrong = run(days=1, seed=1, first_day=date(2026, 10, 25))
    assert not wrong, "\n".join(wrong)
