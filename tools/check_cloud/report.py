"""Writes the findings as Markdown, without personal values."""

from collections.abc import Iterator
from statistics import median

from custom_components.hiven.api import Endpoint, HivenError
from custom_components.hiven.api.refusals import masked

from .check import Findings
from .documented import FIELDS, OPTIONAL
from .fields import absent
from .questions import answered

_NOT_TRIED = "connecting a car, changing the week, plans after a change, removing a car"


def report(findings: Findings) -> str:
    """Return the report."""
    return "\n".join(_lines(findings)) + "\n"


def _lines(findings: Findings) -> Iterator[str]:
    client, listed = findings.client, findings.listed
    yield "# How this Hiven cloud answers"
    yield ""
    yield "This report contains no key, user ID, name, place or reading. Please read it"
    yield "anyway before you share it."
    yield ""
    if listed is None:
        yield "The list of vehicles could not be read, so no vehicle was read."
    else:
        yield f"Vehicles: {len(listed.vehicles)}. Other devices: {listed.others}."
    yield ""
    yield "## Endpoints"
    yield ""
    yield "| Endpoint | Calls | Seconds | As documented? |"
    yield "| --- | --- | --- | --- |"
    for endpoint in FIELDS:
        heard = client.heard[endpoint]
        calls = len(heard.seconds)
        seconds = f"{median(heard.seconds):.1f}" if calls else ""
        notes = list(_notes(endpoint, findings)) if calls else ["not asked"]
        yield f"| `{endpoint}` | {calls} | {seconds} | {'<br>'.join(notes) or 'yes'} |"
    yield ""
    yield "## Open questions"
    yield ""
    yield "| Question | This cloud |"
    yield "| --- | --- |"
    for question, answer in answered(client.heard).items():
        yield f"| {question} | {answer} |"
    yield f"| A vehicle it does not know | {findings.unknown_car} |"
    yield f"| Not tried | {_NOT_TRIED} |"
    if refusals := client.journal.refusals:
        yield ""
        yield "## Refusals"
        yield ""
        yield "| Endpoint | Status | Hiven says |"
        yield "| --- | --- | --- |"
        for each in refusals:
            said = _cell(masked(each.said or "", findings.secrets))
            yield f"| `{each.endpoint}` | {each.status} | {said} |"
    if findings.writing:
        yield ""
        yield "## Writing the charge minimum as it is"
        yield ""
        for line in findings.writing:
            yield f"- {masked(line, findings.secrets)}"


def _notes(endpoint: Endpoint, findings: Findings) -> Iterator[str]:
    """Yield the differences of an endpoint from its documentation."""
    heard = findings.client.heard[endpoint]
    for err in heard.errors:
        yield f"failed: {_problem(err)}"
    for odd in sorted(findings.client.journal.oddities, key=str):
        if odd.endpoint == endpoint:
            yield f"odd: `{odd.field}` is {odd.found}"
    for kind, paths in absent(endpoint, heard).items():
        names = [
            f"`{path}`"
            for path in paths
            if kind != "missing" or path.rpartition(".")[2] not in OPTIONAL
        ]
        if names:
            yield f"{kind}: {', '.join(names)}"


def _problem(err: HivenError) -> str:
    """Return an error without its endpoint."""
    return _cell(str(err).removeprefix(f"{err.endpoint}: "))


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
