"""Vertex AI's predictions: `instances` and `parameters` in, `predictions` out."""

from serving import manager, metrics
from serving.rest import http, models


class Vertex:
    """Answers on the path that the environment told, for the first model.

    `parameters` may hold `signature_name`; what else stands there is left alone.

    Args:
        served: What is served.
        counted: Counts requests.
        predict_route: The path; None answers nowhere.
    """

    def __init__(
        self, served: manager.Manager, counted: metrics.Metrics, predict_route: str | None
    ) -> None:
        self._models = served
        self._counted = counted
        self._predict_route = predict_route

    def routes(self) -> list[http.Route]:
        """Lists the routes."""
        if not self._predict_route:
            return []
        return [http.Route.of("POST", http.literal(self._predict_route), self.predict)]

    async def predict(self, request: http.Request) -> http.Response:
        """Predicts."""
        [name, *_] = self._models.names
        with self._counted.request(name, "Predict", "REST"), self._models.lease(name) as served:
            document = await models.read(request.body)
            parameters = document.get("parameters")
            if isinstance(parameters, dict) and "signature_name" in parameters:
                document.setdefault("signature_name", parameters["signature_name"])
            return await models.predict(served, document, request.deadline)
