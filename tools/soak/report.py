"""The figures of a soak as tables, and those that are too high."""

from dataclasses import dataclass
from statistics import median

from tools.calls import ENDPOINTS
from tools.table import table

from .figures import Sample
from .month import Month

# An object leaked at each poll would be at least one block per poll. Home Assistant's
# test package itself leaks half a block for each write to its storage.
MOST_BLOCKS_A_POLL = 1.0
MOST_BLOCKS = 1500
MOST_MEGABYTES = 5.0
# Caches fill up in the first days.
SHORT = 5
# Smart charging may be turned on in the middle of five minutes.
LEAST_PLANS = 0.9
MOST_BLOCKS_OF_A_SHORT_RUN = 15_000


def report(month: Month) -> tuple[str, list[str]]:
    """Return the figures as text, and what is wrong with them."""
    samples = month.samples
    part = max(1, len(samples) // 5)
    # The first part is the warm-up, if there are others to compare.
    warm = 0 if len(samples) < SHORT else part
    early, late = samples[warm : warm + part], samples[-part:]
    polls = month.tally.ticks * (len(samples) - warm - part) / len(samples)
    most_blocks = MOST_BLOCKS + int(MOST_BLOCKS_A_POLL * polls)
    if len(samples) < SHORT:
        most_blocks = MOST_BLOCKS_OF_A_SHORT_RUN
    left = [
        _Left("memory blocks", *_middles(early, late, "blocks"), most_blocks),
        _Left("memory, MB", *_middles(early, late, "resident"), MOST_MEGABYTES),
        _Left("lines in the log", 0, month.log.lines, month.tally.most_lines),
        *(
            _Left(name, *_extremes(samples, field), 0)
            for name, field in {
                "tasks": "tasks",
                "listeners of the bus": "bus_listeners",
                "listeners of the account": "account_listeners",
                "timers": "timers",
            }.items()
        ),
    ]
    often = {"plan": month.plans, "sessions": month.sessions}
    tables = (
        table(
            ("calls", "counted", "least", "most", "in trouble besides"),
            [
                (
                    kind,
                    month.books.counted[kind],
                    month.books.least[kind],
                    month.books.most[kind],
                    month.books.in_trouble[kind],
                )
                for kind in ENDPOINTS
                if kind not in often
            ],
        ),
        table(
            ("", "counted", "least", "most"),
            [
                (kind, each.asked, round(LEAST_PLANS * each.least), round(each.most))
                for kind, each in often.items()
            ],
        ),
        table(
            ("left behind", "early", "late", "growth at most"),
            [(each.name, each.early, each.late, each.most_growth) for each in left],
        ),
    )
    wrong = [
        f"{each.name}: {each.early} became {each.late}"
        for each in left
        if each.late - each.early > each.most_growth
    ]
    wrong += [
        f"{kind}: {each}"
        for kind, each in often.items()
        if not LEAST_PLANS * each.least <= each.asked <= each.most
    ]
    return "\n\n".join((_story(month), *tables)), wrong


@dataclass(frozen=True)
class _Left:
    """A figure that must not grow by more than its limit."""

    name: str
    early: float
    late: float
    most_growth: float


def _middles(
    early: list[Sample], late: list[Sample], field: str
) -> tuple[float, float]:
    """Return the medians."""
    first, last = (
        median(getattr(sample, field) for sample in samples)
        for samples in (early, late)
    )
    return round(first, 1), round(last, 1)


def _extremes(samples: list[Sample], field: str) -> tuple[int, int]:
    """Return the first number and the largest of all."""
    values = [getattr(sample, field) for sample in samples]
    return values[0], max(values)


def _story(month: Month) -> str:
    tally = month.tally
    return (
        f"{tally.ticks} times five minutes: {tally.edits} edits "
        f"({tally.edits_in_doubt} in doubt), {tally.troubles} troubles, "
        f"{tally.moves} cars came or went, {tally.starts} starts"
    )
