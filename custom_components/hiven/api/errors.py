"""The errors of the client.

`str(error)` contains the path template of the endpoint, and nothing that was sent or
received. Hiven's text is in `said`, with everything personal masked.
"""


class HivenError(Exception):
    """Base of all errors; raised for a refusal that has no class of its own.

    `endpoint` is the method and path template, `status` the HTTP status of a refusal,
    `retry_after` how many seconds Hiven asks to wait, `said` Hiven's text.
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
    """The API key has no permission for this user or vehicle (403)."""


class NotFoundError(HivenError):
    """Hiven does not know the vehicle or location (404)."""


class GoneError(HivenError):
    """Hiven says that the vehicle or location was removed (410)."""


class ConflictError(HivenError):
    """The request conflicts with what Hiven stores (409)."""


class InvalidRequestError(HivenError):
    """Hiven does not accept what was sent (400, 422)."""


class RateLimitedError(HivenError):
    """Too many calls (429)."""


class HivenConnectionError(HivenError):
    """There was no answer, or it does not show whether the call was carried out."""


class ServerError(HivenConnectionError):
    """Hiven failed (5xx) or timed out (408)."""


class UnexpectedAnswerError(HivenError):
    """The answer is not what the documentation describes.

    `field` is the path of the offending field, empty for the answer as a whole.
    """

    def __init__(self, endpoint: str, field: str, problem: str) -> None:
        """Name the endpoint and the field."""
        super().__init__(endpoint, f"{field} {problem}" if field else problem)
        self.field = field
