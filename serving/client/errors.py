"""What can go wrong while a server is asked.

```
ClientError                 whatever goes wrong
├── UnreachableError        no connection, or it broke
├── TimedOutError           no answer in time
└── RefusedError            the server said no: its status and its words
    ├── InvalidRequestError     400, 413: the request breaks a rule
    ├── UnauthenticatedError    401, 403: no key, or a wrong one
    ├── NotFoundError           404: no such model or version
    ├── BusyError               429: too many requests wait
    ├── UnavailableError        503: it is starting or stopping
    └── DeadlineExceededError   504: it gave up
```
"""

from collections.abc import Mapping


class ClientError(Exception):
    """Whatever goes wrong while a server is asked."""


class UnreachableError(ClientError):
    """There is no connection, or it broke."""


class TimedOutError(ClientError):
    """There was no answer in time."""


class RefusedError(ClientError):
    """The server said no.

    Args:
        status: Of HTTP.
        message: The server's words.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class InvalidRequestError(RefusedError):
    """The request breaks a rule."""


class UnauthenticatedError(RefusedError):
    """There is no key, or a wrong one."""


class NotFoundError(RefusedError):
    """There is no such model or version."""


class BusyError(RefusedError):
    """Too many requests wait."""


class UnavailableError(RefusedError):
    """The server is starting or stopping."""


class DeadlineExceededError(RefusedError):
    """The server gave up."""


_REFUSALS: Mapping[int, type[RefusedError]] = {
    400: InvalidRequestError,
    413: InvalidRequestError,
    401: UnauthenticatedError,
    403: UnauthenticatedError,
    404: NotFoundError,
    429: BusyError,
    503: UnavailableError,
    504: DeadlineExceededError,
}


def refusal(status: int, message: str) -> RefusedError:
    """Makes the error of a status."""
    return _REFUSALS.get(status, RefusedError)(status, message)
