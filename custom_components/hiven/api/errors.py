"""The errors of the client.

`str(error)` names the endpoint by its template and holds nothing that was sent or
received. What Hiven wrote is in `said`, with everything personal masked.
"""


class HivenError(Exception):
    """Base of all errors; raised itself for a refusal without a class of its own.

    `endpoint` is method and path template, `status` the HTTP status of a refusal,
    `retry_after` the seconds that Hiven asks to wait, `said` what Hiven wrote.
    """

    def __init__(
        self,
        endpoint: str,
        problem: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        said: str | None = None,
    ) -> None:
        """Name the endpoint and the problem."""
        super().__init__(f"{endpoint}: {problem}")
        self.endpoint = endpoint
        self.status = status
        self.retry_after = retry_after
        self.said = said


class AuthenticationError(HivenError):
    """Hiven does not accept the API key (401)."""


class ForbiddenError(HivenError):
    """The API key may not do this for this user or vehicle (403)."""


class NotFoundError(HivenError):
    """Hiven does not know the vehicle or location (404)."""


class GoneError(HivenError):
    """Hiven says that the vehicle or location was removed (410)."""


class ConflictError(HivenError):
    """The request conflicts with what Hiven holds (409)."""


class InvalidRequestError(HivenError):
    """Hiven does not accept what was sent (400, 422)."""


class RateLimitedError(HivenError):
    """Too many calls (429)."""


class HivenConnectionError(HivenError):
    """There was no answer, or none that says whether the call was carried out."""


class ServerError(HivenConnectionError):
    """Hiven failed (5xx) or gave up waiting (408)."""


class UnexpectedAnswerError(HivenError):
    """The answer is not what the documentation describes.

    `field` is the path of the offending field, empty for the answer as a whole.
    """

    def __init__(self, endpoint: str, field: str, problem: str) -> None:
        """Name the endpoint and the field."""
        super().__init__(endpoint, f"{field} {problem}" if field else problem)
        self.field = field
