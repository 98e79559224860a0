"""Whether the server lives, and whether it answers: addresses that never move."""

from serving import errors, manager
from serving.rest import http


class Health:
    """Answers orchestrators and load balancers.

    Args:
        models: What is served.
        health_route: A further path that tells whether it is ready, such as Vertex AI's
            `AIP_HEALTH_ROUTE`.
    """

    def __init__(self, models: manager.Manager, health_route: str | None) -> None:
        self._models = models
        self._health_route = health_route
        self._is_stopping = False

    def stop(self) -> None:
        """Tells from now on that it is not ready, so that no more requests are sent."""
        self._is_stopping = True

    def routes(self) -> list[http.Route]:
        """Lists the routes."""
        paths = [r"/readyz", r"/v2/health/ready"]
        if self._health_route:
            paths.append(http.literal(self._health_route))
        return [
            http.Route.of("GET", r"/healthz|/v2/health/live", self.live, is_open=True),
            *(http.Route.of("GET", path, self.ready, is_open=True) for path in paths),
        ]

    async def live(self, request: http.Request) -> http.Response:
        """Answers that the process lives."""
        return http.answer({"live": True})

    async def ready(self, request: http.Request) -> http.Response:
        """Answers whether every model has a version that answers."""
        if self._is_stopping:
            raise errors.ServingError(errors.Code.UNAVAILABLE, "The server is stopping")
        if not self._models.is_ready():
            waiting = [name for name in self._models.names if not self._models.is_ready(name)]
            raise errors.ServingError(
                errors.Code.UNAVAILABLE, f"No version is available yet of: {', '.join(waiting)}"
            )
        return http.answer({"ready": True})
