"""The gRPC server."""

import grpc
from tensorflow_serving.apis import model_service_pb2_grpc, prediction_service_pb2_grpc

from serving import config, manager, metrics
from serving.rpc import calls, models, prediction


def build(
    settings: config.ServerConfig, served: manager.Manager, counted: metrics.Metrics
) -> tuple[grpc.aio.Server, int]:
    """Makes the server; call it in the event loop.

    Returns:
        The server, not yet started, and the port that it listens on.

    Raises:
        OSError: If the port is taken.
    """
    limits = settings.limits
    server = grpc.aio.server(
        options=[
            ("grpc.max_receive_message_length", limits.max_body_bytes),
            ("grpc.so_reuseport", 0),  # a port that is taken is an error
        ],
        maximum_concurrent_rpcs=limits.max_connections,
    )
    key = settings.api_key.get_secret_value() if settings.api_key else None
    rules = calls.Calls(served, counted, limits, key)
    prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(
        prediction.Prediction(served, rules, limits), server
    )
    model_service_pb2_grpc.add_ModelServiceServicer_to_server(models.Models(served, rules), server)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"{host}:{settings.grpc_port}"
    try:
        port = server.add_insecure_port(address)
    except RuntimeError as error:
        raise OSError(f"`grpc_port` must be free. Received: {address}") from error
    return server, port
