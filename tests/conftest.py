"""What holds for every test."""


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Names bytes by their argument: those of a gzip file or of a proto are others in each process.

    All processes that the tests are dealt out to must know them by the same names.
    """
    return argname if isinstance(val, bytes) else None
