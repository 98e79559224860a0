"""REST: routes over HTTP, of TensorFlow Serving, Vertex AI and KServe."""
