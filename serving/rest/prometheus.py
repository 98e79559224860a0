"""The route that Prometheus scrapes."""

from serving import metrics
from serving.rest import http


class Prometheus:
    """Answers scrapes.

    Args:
        counted: What was counted.
    """

    def __init__(self, counted: metrics.Metrics) -> None:
        self._counted = counted

    def routes(self) -> list[http.Route]:
        """Lists the routes."""
        return [http.Route.of("GET", "/monitoring/prometheus/metrics", self.scrape)]

    async def scrape(self, request: http.Request) -> http.Response:
        """Answers with all metrics."""
        return http.Response(self._counted.render(), content_type=metrics.CONTENT_TYPE)
