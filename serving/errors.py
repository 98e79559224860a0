"""What can go wrong with a request, by the codes that REST and gRPC share.

```
ServingError            a code and a message for the client
```

The codes are gRPC's (grpc/grpc `doc/statuscodes.md`); TensorFlow's are the same numbers. The HTTP
statuses are those of TensorFlow Serving's `util/net_http` (`http_rest_api_util`).
"""

import enum


class Code(enum.IntEnum):
    """Canonical codes that an answer may carry."""

    OK = 0
    CANCELLED = 1
    UNKNOWN = 2
    INVALID_ARGUMENT = 3
    DEADLINE_EXCEEDED = 4
    NOT_FOUND = 5
    ALREADY_EXISTS = 6
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    FAILED_PRECONDITION = 9
    ABORTED = 10
    OUT_OF_RANGE = 11
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14
    DATA_LOSS = 15
    UNAUTHENTICATED = 16

    @property
    def http(self) -> int:
        """The status of an HTTP answer."""
        return _HTTP.get(self, 500)


_HTTP = {
    Code.OK: 200,
    Code.INVALID_ARGUMENT: 400,
    Code.FAILED_PRECONDITION: 400,
    Code.OUT_OF_RANGE: 400,
    Code.UNAUTHENTICATED: 401,
    Code.PERMISSION_DENIED: 403,
    Code.NOT_FOUND: 404,
    Code.ALREADY_EXISTS: 409,
    Code.ABORTED: 409,
    Code.RESOURCE_EXHAUSTED: 429,
    Code.CANCELLED: 499,
    Code.UNIMPLEMENTED: 501,
    Code.UNAVAILABLE: 503,
    Code.DEADLINE_EXCEEDED: 504,
}


class ServingError(Exception):
    """A request, or a version, that cannot be served.

    Args:
        code: Why.
        message: In words that the client may read.
        http: Status of the HTTP answer, where it is not the code's own.
    """

    def __init__(self, code: Code, message: str, http: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.http = http or code.http


def invalid(message: str) -> ServingError:
    """Makes the error of a request that breaks a rule."""
    return ServingError(Code.INVALID_ARGUMENT, message)
