"""The page that holds the tables of one run."""

from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
BEGIN = "<!-- scripts/bench --document writes from here -->"
END = "<!-- to here -->"


def with_tables(text: str, tables: str) -> str:
    """Return a page with what stands between the marks replaced."""
    before, _, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError("the page lacks the marks")
    return f"{before}{BEGIN}\n\n{tables}\n\n{END}{after}"
