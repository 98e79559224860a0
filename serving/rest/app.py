"""All routes, put together."""

from serving import config, manager
from serving.rest import health, http, models


def build(server: config.ServerConfig, served: manager.Manager, healthy: health.Health) -> http.App:
    """Makes the application.

    Args:
        server: Limits, the API key, further paths.
        served: What is served.
        healthy: Tells whether it answers.
    """
    routes = [
        *models.Models(served).routes(),
        *healthy.routes(),
    ]
    key = server.api_key.get_secret_value() if server.api_key else None
    return http.App(routes, server.limits, key)
