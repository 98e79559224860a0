"""A real browser for pages: Chromium without a window, by Playwright."""

import contextlib
import shutil
from collections.abc import Iterator

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ARGUMENTS = (
    "--no-sandbox",  # a container has no user namespaces to make one of
    *("--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run"),
)


def path() -> str | None:
    """Finds a browser on the PATH."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


@contextlib.contextmanager
def started() -> Iterator:
    """Starts a browser with a profile of its own; skips the test where there is none.

    `make test` installs one where it can.
    """
    found = path()
    if found is None:
        # Where nobody may install one, the page's markup is still tested, without a browser.
        pytest.skip(f"no browser is on the PATH: {', '.join(_NAMES)}")
    api = pytest.importorskip(
        "playwright.sync_api", reason="Playwright, a package for tests, is not installed"
    )
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(_ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()
