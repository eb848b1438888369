"""What in Home Assistant's log is about the integration."""

from pathlib import Path

from demo.log import complaints, tail

_ROOT = Path("/home/somebody/hiven")
_TIME = "2026-11-22 08:24:51.115+00:00"
_TRACEBACK = """\
Traceback (most recent call last):
  File "{root}/{path}", line 1, in <module>
ModuleNotFoundError: No module named 'gtts'"""


def _record(level: str, text: str) -> str:
    return f"{_TIME} {level} (MainThread) {text}"


def test_only_warnings_and_errors_about_the_integration_count() -> None:
    mine = _record("WARNING", "[custom_components.hiven] Aurora cannot be read")
    log = [
        _record("INFO", "[custom_components.hiven] Aurora can be read again"),
        mine,
        _record("ERROR", "[homeassistant.components.met] No module named 'metno'"),
    ]
    assert complaints("\n".join(log), _ROOT) == [mine]


def test_what_is_said_about_every_custom_integration_does_not_count() -> None:
    log = _record(
        "WARNING",
        "[homeassistant.loader] We found a custom integration hiven which has not been",
    )
    assert complaints(log, _ROOT) == []


def test_tracebacks_count_but_not_the_folder_they_lie_in() -> None:
    error = _record("ERROR", "[homeassistant.helpers.entity] Update fails")
    other = _TRACEBACK.format(root=_ROOT, path=".venv/tts.py")
    mine = _TRACEBACK.format(root=_ROOT, path="custom_components/hiven/sensor.py")
    assert complaints(f"{error}\n{other}", _ROOT) == []
    (found,) = complaints(f"{error}\n{mine}", _ROOT)
    assert "/custom_components/hiven/sensor.py" in found


def test_tail(tmp_path: Path) -> None:
    log = tmp_path / "some.log"
    assert tail(log) == ""
    log.write_text("\n".join(f"line {number}" for number in range(100)))
    assert "line 99" in tail(log)
    assert "line 1\n" not in tail(log)
