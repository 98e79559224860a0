"""Codes and statuses, as the contract pairs them."""

import grpc
import pytest

from serving import errors


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("OK", 200),
        ("INVALID_ARGUMENT", 400),
        ("UNAUTHENTICATED", 401),
        ("PERMISSION_DENIED", 403),
        ("NOT_FOUND", 404),
        ("ALREADY_EXISTS", 409),
        ("ABORTED", 409),
        ("RESOURCE_EXHAUSTED", 429),
        ("UNIMPLEMENTED", 501),
        ("UNAVAILABLE", 503),
        ("DEADLINE_EXCEEDED", 504),
        ("INTERNAL", 500),
        ("DATA_LOSS", 500),
        ("UNKNOWN", 500),
    ],
)
def test_the_status_of_a_code(name: str, status: int) -> None:
    assert errors.ServingError(errors.Code[name], "").http == status


def test_the_codes_are_those_of_grpc() -> None:
    theirs = {code.name: code.value[0] for code in grpc.StatusCode}
    assert {code.name: code.value for code in errors.Code} == theirs


def test_a_status_may_be_told_apart_from_the_code() -> None:
    error = errors.ServingError(errors.Code.INVALID_ARGUMENT, "too large", http=413)
    assert (error.http, str(error)) == (413, "too large")
