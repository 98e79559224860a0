"""gRPC: PredictionService and ModelService of TensorFlow Serving."""
