"""How the cloud behaves where the documentation is silent or says two things."""

from datetime import timedelta
from typing import Literal

type Nothing = Literal["missing", "empty", "null"]
"""How an endpoint answers that there is nothing: 404, `{}` or `null`."""
type Done = Literal["quoted", "empty", "204"]
"""The answer to a change: `""`, no body, or status 204."""


class Ways:
    """One attribute for each open question; the defaults follow the documentation.

    Tests can set an attribute themselves. `Simulator.speak` sets them by the name of
    a dialect.
    """

    # Connecting a vehicle.
    connect_names: tuple[str, str] = ("authCode", "redirectUrl")
    connect_refusal: int = 400
    """The status for a body with other names than these."""

    # Writing preferences.
    put_replaces: bool = False
    put_whole: bool = False
    """Whether a PUT that lacks what is stored is refused with 422."""
    whole_preferences: bool = True
    """Whether each PUT has to be complete. If not, stored values count as well."""
    week_map_merges: bool = False
    week_null: Literal["refused", "ignored", "clears"] = "refused"
    """What `null` does for a day of the week."""
    put_answer: Done = "quoted"

    # Reading preferences.
    preferences_in: Literal["both", "list", "resource"] = "both"
    """Where preferences show. "list": in the resource too, after the first PUT."""
    empty_preferences: Nothing = "missing"
    list_lag: timedelta = timedelta(0)
    """For how long the list and the details show what a PUT has replaced."""
    resource_lag: timedelta = timedelta(0)
    """The same for the preferences' own resource."""

    # Plans and vehicles.
    empty_schedule: Nothing = "missing"
    plan_delay: timedelta = timedelta(0)
    """How long after a change of settings the new plan is made."""
    plan_keys: Literal["hours", "quarters", "all_quarters"] = "hours"
    """With all_quarters, those without charging are in the plan too, with 0."""
    signed_out_status: int | None = None
    """What a car with `signed_out` answers. None: its last telemetry, again and again."""
    gone: Literal[404, 403, 410] | None = 404
    """What a removed car answers. None: its details are `null`, all else is 404."""
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
    """What stands in place of a value that a car does not have."""
    quoted_numbers: bool = False
    capacity_as_text: bool = True
    """Whether the capacity in the telemetry is text."""
    reason_in: Literal["message", "error", "detail"] = "message"
    """The field of a refusal that says why."""


LEVERS = tuple(Ways.__annotations__)
