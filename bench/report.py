"""The figures as tables, in Markdown that can be read as it is."""

from collections.abc import Iterable, Iterator, Sequence

from .budgets import AIMS, Verdict, verdicts
from .figures import ANY, Case, Figure, Results


def report(results: Results) -> str:
    """Return all tables."""
    return "\n\n".join(_parts(results))


def _parts(results: Results) -> Iterator[str]:
    about = ", ".join(f"{key} {value}" for key, value in results.about.items())
    yield f"{about}. Medians, in brackets the lowest and highest."
    if aims := list(_aims(results)):
        yield "**Beside comparable integrations** (100 cars, 50 ms a call)"
        yield table(("", "comparable", "aim", "Hiven"), aims)
    names = list(dict.fromkeys(name for name, _, _ in results.items()))
    latencies = sorted({case.latency for _, case, _ in results.items() if case != ANY})
    for latency in latencies:
        vehicles = sorted(
            {
                case.vehicles
                for _, case, _ in results.items()
                if case != ANY and case.latency == latency
            }
        )
        cases = [Case(number, latency) for number in vehicles]
        yield f"**{latency} ms a call**"
        yield table(
            ("cars", *map(str, vehicles)),
            [
                (name, *(shown(results.get(name, case)) for case in cases))
                for name in names
                if any(results.get(name, case) for case in cases)
            ],
        )
    rest = [
        (name, shown(figure)) for name in names if (figure := results.get(name, ANY))
    ]
    if rest:
        yield "**Once**"
        yield table(("", ""), rest)
    yield budgets(results)


def budgets(results: Results) -> str:
    """Return which budgets are not kept."""
    all_ = list(verdicts(results))
    over = [verdict for verdict in all_ if not verdict.is_kept]
    if not over:
        return f"All {len(all_)} budgets are kept."
    rows = [
        (each.what, _place(each.case), number(each.value), _limit(each))
        for each in over
    ]
    return "\n\n".join(
        (
            f"**Not kept: {len(over)} of {len(all_)} budgets**",
            table(("", "cars @ ms", "is", "budget"), rows),
        )
    )


def _limit(verdict: Verdict) -> str:
    return f"{'exactly' if verdict.is_exact else 'at most'} {number(verdict.limit)}"


def _aims(results: Results) -> Iterator[tuple[str, str, str, str]]:
    for aim in AIMS:
        if figure := results.get(aim.figure, aim.case):
            yield aim.what, aim.others, number(aim.aim), shown(figure)


def comparison(old: Results, new: Results) -> str:
    """Return how many times as much everything is now."""
    rows = []
    for name, case, figure in new.items():
        before = old.get(name, case)
        if before is None or before.median == figure.median:
            continue
        ratio = (
            f"× {figure.median / before.median:.2f}" if before.median else "was nothing"
        )
        rows.append((name, _place(case), shown(before), shown(figure), ratio))
    if not rows:
        return "Nothing differs."
    return table(("", "cars @ ms", "before", "now", ""), rows)


def _place(case: Case) -> str:
    return "" if case == ANY else f"{case.vehicles} @ {case.latency}"


def shown(figure: Figure | None) -> str:
    """Return the median with lowest and highest."""
    if figure is None:
        return "–"
    if figure.spread == 0:
        return number(figure.median)
    low, high = number(min(figure.values)), number(max(figure.values))
    return f"{number(figure.median)} ({low}–{high})"


def number(value: float) -> str:
    """Return a number with what matters of it."""
    if value == int(value):
        return str(int(value))
    return f"{value:.1f}" if abs(value) >= 100 else f"{value:.3g}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table whose columns are as wide as what they hold."""
    rows = [head, *rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "| "
        + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        + " |"
        for row in rows
    ]
    rule = "| " + " | ".join("-" * max(3, width) for width in widths) + " |"
    return "\n".join((lines[0], rule, *lines[1:]))
