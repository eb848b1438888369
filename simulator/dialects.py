"""The ways in which Hiven may differ from its documentation, by name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from .ways import LEVERS, Ways


@dataclass(frozen=True)
class Dialect:
    """One possible answer to an open question."""

    says: str
    switches: Mapping[str, object]
    """The attributes of `Ways` that differ from the documentation."""


def _dialect(says: str, **switches: object) -> Dialect:
    return Dialect(says, MappingProxyType(switches))


DIALECTS: Mapping[str, Dialect] = MappingProxyType(
    {
        "documented": _dialect("Everything is as documented."),
        # Connecting a vehicle.
        "connect_code": _dialect(
            "Connect takes code and redirectUri, and refuses other names with 400.",
            connect_names=("code", "redirectUri"),
        ),
        "connect_code_422": _dialect(
            "Connect takes code and redirectUri, and refuses other names with 422.",
            connect_names=("code", "redirectUri"),
            connect_refusal=422,
        ),
        # Writing preferences.
        "put_replaces": _dialect(
            "A PUT of preferences replaces everything that was stored.",
            put_replaces=True,
        ),
        "put_whole": _dialect(
            "A PUT of preferences that leaves out stored fields is refused with 422.",
            put_whole=True,
        ),
        "put_counts_stored": _dialect(
            "A PUT may leave out the target and ready time if they are stored.",
            whole_preferences=False,
        ),
        "put_answers_nothing": _dialect(
            "A change is answered with 200 and no body.", put_answer="empty"
        ),
        "put_answers_204": _dialect("A change is answered with 204.", put_answer="204"),
        "week_merged_null": _dialect(
            "A week is merged into the stored one, and null clears a day.",
            week_map_merges=True,
            week_null="clears",
        ),
        "week_merged_forever": _dialect(
            "A week is merged into the stored one, and null is ignored.",
            week_map_merges=True,
            week_null="ignored",
        ),
        "week_merged_refused": _dialect(
            "A week is merged into the stored one, and null is refused.",
            week_map_merges=True,
        ),
        # Reading preferences.
        "preferences_in_list_only": _dialect(
            "The list has preferences; their resource has none until the first PUT.",
            preferences_in="list",
        ),
        "preferences_in_resource_only": _dialect(
            "The list and the details have no preferences; their resource has.",
            preferences_in="resource",
        ),
        "preferences_empty": _dialect(
            "A car without preferences answers {}.", empty_preferences="empty"
        ),
        "preferences_null": _dialect(
            "A car without preferences answers null.", empty_preferences="null"
        ),
        "lagging_reads": _dialect(
            "A PUT shows in the resource after 4 seconds, in the list after 10.",
            resource_lag=timedelta(seconds=4),
            list_lag=timedelta(seconds=10),
        ),
        "lagging_resource": _dialect(
            "A PUT shows in the list after 2 seconds, in the resource after 10.",
            resource_lag=timedelta(seconds=10),
            list_lag=timedelta(seconds=2),
        ),
        # Plans and vehicles.
        "schedule_empty": _dialect(
            "A car without a plan answers {}.", empty_schedule="empty"
        ),
        "schedule_null": _dialect(
            "A car without a plan answers null.", empty_schedule="null"
        ),
        "late_plans": _dialect(
            "A new plan is made 50 seconds after the settings change.",
            plan_delay=timedelta(seconds=50),
        ),
        "quarter_hours": _dialect(
            "A plan names every quarter of an hour, with 0 where the car waits.",
            plan_keys="all_quarters",
        ),
        "quarter_hours_sparse": _dialect(
            "A plan names the quarters of an hour in which the car charges.",
            plan_keys="quarters",
        ),
        "car_401": _dialect(
            "A car with signed_out answers 401; the list is not affected.",
            signed_out_status=401,
        ),
        "car_403": _dialect(
            "A car with signed_out answers 403; the list is not affected.",
            signed_out_status=403,
        ),
        "gone_403": _dialect("A removed car answers 403.", gone=403),
        "gone_410": _dialect("A removed car answers 410.", gone=410),
        "gone_null": _dialect("The details of a removed car are null.", gone=None),
        "models_doubled": _dialect(
            "A model that can start and stop comes after a hybrid of the same name and "
            "years that cannot.",
            models_doubled=True,
        ),
        # How answers are written.
        "timestamps_offset": _dialect(
            "Timestamps have the home's offset, like 12:00:00.000+02:00.",
            timestamps="offset",
        ),
        "timestamps_naive": _dialect(
            "Timestamps are in UTC without saying so, like 10:00:00.000.",
            timestamps="naive",
        ),
        "timestamps_fraction_free": _dialect(
            "Timestamps have whole seconds, like 10:00:00Z.", timestamps="whole"
        ),
        "epoch_seconds": _dialect(
            "Timestamps are seconds since 1970.", timestamps="seconds"
        ),
        "epoch_milliseconds": _dialect(
            "Timestamps are milliseconds since 1970.", timestamps="milliseconds"
        ),
        "lower_case": _dialect(
            "Enum values, units and days are in lower case.", lower_case=True
        ),
        "times_short": _dialect("Times of day are like 7:30.", times="short"),
        "times_seconds": _dialect("Times of day are like 07:30:00.", times="seconds"),
        "optional_missing": _dialect(
            "Optional fields are missing.", without_value="missing"
        ),
        "optional_null": _dialect("Optional fields are null.", without_value="null"),
        "optional_empty": _dialect(
            "Optional fields are empty text.", without_value="empty"
        ),
        "optional_typed": _dialect(
            "Optional fields have another type.", without_value="typed"
        ),
        "quoted_numbers": _dialect(
            "Numbers and booleans are text.", quoted_numbers=True
        ),
        "capacity_as_number": _dialect(
            "The capacity in the telemetry is a number.", capacity_as_text=False
        ),
        "refusals_in_error": _dialect(
            "The reason for a refusal is in error.", reason_in="error"
        ),
        "refusals_in_detail": _dialect(
            "The reason for a refusal is in detail.", reason_in="detail"
        ),
    }
)


def speak(ways: Ways, names: Iterable[str]) -> None:
    """Turn these dialects on, and all others off."""
    wanted: dict[str, object] = {}
    for name in names:
        if name not in DIALECTS:
            raise ValueError(f"there is no dialect {name}")
        for lever, value in DIALECTS[name].switches.items():
            if wanted.setdefault(lever, value) != value:
                raise ValueError(f"{name} contradicts another dialect")
    for lever in LEVERS:
        setattr(ways, lever, wanted.get(lever, getattr(Ways, lever)))
