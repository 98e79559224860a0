"""All routes, put together."""

from serving import config, manager, metrics
from serving.rest import health, http, kserve, models, openapi, page, prometheus, stream, vertex


def build(
    server: config.ServerConfig,
    served: manager.Manager,
    healthy: health.Health,
    counted: metrics.Metrics,
) -> http.App:
    """Makes the application.

    Args:
        server: Limits, the API key, further paths.
        served: What is served.
        healthy: Tells whether it answers.
        counted: Counts what it does.
    """
    routes = [
        *models.Models(served, counted).routes(),
        *healthy.routes(),
        *kserve.KServe(served, counted).routes(),
        *vertex.Vertex(served, counted, server.predict_route).routes(),
        *prometheus.Prometheus(counted).routes(),
        *stream.Streams(served, counted, server.limits).routes(),
        *(page.Page(served).routes() if server.page else ()),
        *openapi.routes(),
    ]
    key = server.api_key.get_secret_value() if server.api_key else None
    return http.App(routes, server.limits, key)
