"""How the cloud behaves where the documentation is silent or contradicts itself."""

from datetime import timedelta
from typing import Literal

type Nothing = Literal["missing", "empty", "null"]
"""The answer of an endpoint that has nothing: 404, `{}` or `null`."""
type Done = Literal["quoted", "empty", "204"]
"""The answer to a change: `""`, no body, or status 204."""


class Ways:
    """One attribute for each open question; the defaults follow the documentation.

    Tests can set attributes directly. `Simulator.speak` sets them by the name of a
    dialect.
    """

    # Connecting a vehicle.
    connect_names: tuple[str, str] = ("authCode", "redirectUrl")
    connect_refusal: int = 400
    """The status for a body with other field names."""

    # Writing preferences.
    put_replaces: bool = False
    put_whole: bool = False
    """Whether a PUT that leaves out stored fields is refused with 422."""
    whole_preferences: bool = True
    """Whether each PUT must be complete. If not, stored values are also considered."""
    week_map_merges: bool = False
    week_null: Literal["refused", "ignored", "clears"] = "refused"
    """The effect of `null` for a day of the week."""
    put_answer: Done = "quoted"

    # Reading preferences.
    preferences_in: Literal["both", "list", "resource"] = "both"
    """Where preferences are. "list": after the first PUT, also in the resource."""
    empty_preferences: Nothing = "missing"
    list_lag: timedelta = timedelta(0)
    """How long the list and the details show replaced values after a PUT."""
    resource_lag: timedelta = timedelta(0)
    """The same for the preferences' own resource."""

    # Plans and vehicles.
    empty_schedule: Nothing = "missing"
    plan_delay: timedelta = timedelta(0)
    """How long after a change of settings a new plan is made."""
    plan_keys: Literal["hours", "quarters", "all_quarters"] = "hours"
    """With all_quarters, quarters without charging are in the plan too, as 0."""
    signed_out_status: int | None = None
    """The answer for a car with `signed_out`. None: always its last telemetry."""
    gone: Literal[404, 403, 410] | None = 404
    """The answer for a removed car. None: `null` for its details, 404 for the rest."""
    models_doubled: bool = False

    # How answers are written.
    timestamps: Literal[
        "documented", "offset", "naive", "whole", "seconds", "milliseconds"
    ] = "documented"
    times: Literal["documented", "short", "seconds"] = "documented"
    lower_case: bool = False
    without_value: Literal["documented", "missing", "null", "empty", "typed"] = (
        "documented"
    )
    """What is sent instead of a value that a car does not have."""
    quoted_numbers: bool = False
    capacity_as_text: bool = True
    """Whether the capacity in the telemetry is text."""
    reason_in: Literal["message", "error", "detail"] = "message"
    """The field of a refusal that has the reason."""


LEVERS = tuple(Ways.__annotations__)
