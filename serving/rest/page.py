"""The page at `/`, its files, and what it has to know of the models."""

import asyncio
import hashlib
import pathlib
from collections.abc import Mapping
from typing import Any

from serving import beside, errors, manager
from serving import signatures as signatures_lib
from serving.rest import http

_FILES = pathlib.Path(__file__).resolve().parents[1] / "page"
_KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_HEADERS = {
    # Nothing but its own files runs or is asked; no script makes markup of text; no other page
    # shows it in a frame.
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-cache",
}


class Page:
    """Answers browsers; the files need no key, what they ask does.

    Args:
        served: What is served.
    """

    def __init__(self, served: manager.Manager) -> None:
        self._models = served
        self._files = {path.name: _File(path) for path in _FILES.iterdir() if path.suffix in _KINDS}

    def routes(self) -> list[http.Route]:
        """Lists the routes."""
        return [
            http.Route.of("GET", r"/(?:index\.html)?", self.index, is_open=True),
            http.Route.of("GET", r"/page/models", self.models),
            http.Route.of("GET", r"/page/(?P<file>[a-z_]+\.[a-z]+)", self.file, is_open=True),
        ]

    async def index(self, request: http.Request) -> http.Response:
        """Answers with the page."""
        return self._files["index.html"].answer(request)

    async def file(self, request: http.Request) -> http.Response:
        """Answers with a file of the page."""
        name = (request.names["file"] or "").lower()
        if name not in self._files:
            message = f"There is no file {request.path}"
            raise errors.ServingError(errors.Code.NOT_FOUND, message)
        return self._files[name].answer(request)

    async def models(self, request: http.Request) -> http.Response:
        """Answers what there is to ask: of each model the newest version, its task, its inputs."""
        told = await asyncio.gather(
            *(asyncio.to_thread(self._tell, name) for name in self._models.names)
        )
        return http.answer({"models": told})

    def _tell(self, name: str) -> dict[str, Any]:
        try:
            with self._models.lease(name) as served:
                return {
                    "name": name,
                    "version": str(served.number),
                    "task": beside.read(served.model.path, beside.TASK),
                    "signatures": {
                        key: _signature(value) for key, value in served.model.signatures.items()
                    },
                }
        except errors.ServingError as error:
            return {"name": name, "version": None, "error": self._why(name) or error.message}

    def _why(self, name: str) -> str:
        """Tells what keeps a model from answering, where that is known."""
        try:
            statuses = self._models.statuses(name)
        except errors.ServingError:
            return ""
        return next((status.error.message for status in statuses if status.error), "")


class _File:
    """A file, read once."""

    def __init__(self, path: pathlib.Path) -> None:
        self._content = path.read_bytes()
        self._kind = _KINDS[path.suffix]
        digest = hashlib.sha256(self._content).hexdigest()
        self._headers = {**_HEADERS, "etag": f'"{digest[:32]}"'}

    def answer(self, request: http.Request) -> http.Response:
        """Answers with it, or that the browser has it already."""
        if request.headers.get("if-none-match") == self._headers["etag"]:
            return http.Response(b"", 304, self._kind, self._headers)
        return http.Response(self._content, 200, self._kind, self._headers)


def _signature(signature: signatures_lib.Signature) -> Mapping[str, Any]:
    return {"inputs": _specs(signature.inputs), "outputs": _specs(signature.outputs)}


def _specs(specs: Mapping[str, signatures_lib.TensorSpec]) -> list[dict[str, Any]]:
    return [
        {"name": name, "dtype": spec.dtype_name, "shape": spec.shape}
        for name, spec in specs.items()
    ]
