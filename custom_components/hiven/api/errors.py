"""What can go wrong when talking to Hiven.

No message holds a value that was sent or received: keys, VINs and addresses
stay out of logs. Endpoints are named by their template, not by their ids.
"""


class HivenError(Exception):
    """Base of all errors; raised itself when Hiven refuses a call (4xx).

    `endpoint` is method and path template, `retry_after` the seconds Hiven asks
    to wait, where it does.
    """

    def __init__(
        self, endpoint: str, problem: str, *, retry_after: float | None = None
    ) -> None:
        """Say which endpoint failed and how."""
        super().__init__(f"{endpoint}: {problem}")
        self.endpoint = endpoint
        self.retry_after = retry_after


class AuthenticationError(HivenError):
    """Hiven does not accept the API key (401)."""


class ForbiddenError(AuthenticationError):
    """The API key may not do this for this user or vehicle (403)."""


class NotFoundError(HivenError):
    """Hiven knows no such vehicle (404)."""


class ConflictError(HivenError):
    """What was asked collides with something Hiven holds (409)."""


class RateLimitedError(HivenError):
    """Too many calls (429)."""


class HivenConnectionError(HivenError):
    """No answer, or none that says whether the call was carried out."""


class ServerError(HivenConnectionError):
    """Hiven failed (5xx) or gave up waiting (408)."""


class UnexpectedAnswerError(HivenError):
    """The answer is not what the documentation describes.

    `field` is the path of the offending field, empty for the answer as a whole.
    """

    def __init__(self, endpoint: str, field: str, problem: str) -> None:
        """Name endpoint and field."""
        super().__init__(endpoint, f"{field} {problem}" if field else problem)
        self.field = field
