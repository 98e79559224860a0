"""The OpenAPI document of all routes: clients are generated from it, and fuzzing starts at it."""

from typing import Any

from serving.rest import http

Schema = dict[str, Any]

_TENSOR: Schema = {
    "description": 'A value, a list, or lists of lists; bytes are {"b64": ...}.',
    "anyOf": [
        {"type": ["string", "number", "boolean"]},
        {"type": "array", "items": {}},
        {"type": "object", "additionalProperties": {}},
    ],
}
_NAME: Schema = {"type": "string", "description": "`serving_default` unless told."}
_PREDICT: Schema = {
    "type": "object",
    "properties": {
        "signature_name": _NAME,
        "instances": {"type": "array", "minItems": 1, "items": _TENSOR},
        "inputs": _TENSOR,
    },
    "oneOf": [{"required": ["instances"]}, {"required": ["inputs"]}],
}
_EXAMPLE: Schema = {
    "type": "object",
    "additionalProperties": {
        "anyOf": [
            {"type": ["string", "number", "boolean"]},
            {"type": "array", "items": {"type": ["string", "number", "boolean"]}},
        ]
    },
}
_EXAMPLES: Schema = {
    "type": "object",
    "properties": {
        "signature_name": _NAME,
        "context": _EXAMPLE,
        "examples": {"type": "array", "minItems": 1, "items": _EXAMPLE},
    },
    "required": ["examples"],
}
_INFER: Schema = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "parameters": {"type": "object", "properties": {"signature_name": _NAME}},
        "inputs": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "shape": {"type": "array", "items": {"type": "integer", "minimum": 0}},
                    "datatype": {"enum": ["BOOL", "BYTES", "FP32", "FP64", "INT32", "INT64"]},
                    "data": {"type": "array", "items": {}},
                },
                "required": ["name", "shape", "datatype", "data"],
            },
        },
        "outputs": {"type": "array", "items": {"type": "object"}},
    },
    "required": ["inputs"],
}
_GENERATE: Schema = {
    "type": "object",
    "properties": {
        "text": {"type": "string", "description": "What is written on."},
        "max_new_tokens": {"type": "integer", "minimum": 0, "maximum": 65536},
        "temperature": {"type": "number", "minimum": 0},
        "top_k": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1},
        "top_p": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        "repetition_penalty": {"type": "number", "exclusiveMinimum": 0},
        "seed": {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1},
        "stop": {
            "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
            "description": "Texts at which it ends, without them.",
        },
    },
    "required": ["text"],
    "additionalProperties": False,
}
_OBJECT: Schema = {"type": "object"}
_ERROR: Schema = {
    "type": "object",
    "properties": {"error": {"type": "string"}},
    "required": ["error"],
}
_REFUSALS = (400, 401, 404, 413, 429, 503, 504)


def document() -> Schema:
    """Makes the document."""
    paths: dict[str, Any] = {}
    for suffix, parameters in (("", ()), ("/versions/{version}", ("version",))):
        names = ("model", *parameters)
        model = f"/v1/models/{{model}}{suffix}"
        paths[f"{model}:predict"] = {"post": _asks("Predict", names, _PREDICT)}
        paths[f"{model}:classify"] = {"post": _asks("Classify", names, _EXAMPLES)}
        paths[f"{model}:regress"] = {"post": _asks("Regress", names, _EXAMPLES)}
        paths[f"{model}:generate_stream"] = {"post": _streams(names)}
        paths[model] = {"get": _gets("Status of versions", names)}
        paths[f"{model}/metadata"] = {"get": _gets("Signatures", names)}
        v2 = f"/v2/models/{{model}}{suffix}"
        paths[v2] = {"get": _gets("Inputs and outputs", names)}
        paths[f"{v2}/ready"] = {"get": _gets("Whether it answers", names)}
        paths[f"{v2}/infer"] = {"post": _asks("Infer", names, _INFER)}
    for path, summary in _PLAIN.items():
        paths[path] = {"get": _gets(summary, ())}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Meritline", "version": "1"},
        "paths": paths,
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


_PLAIN = {
    "/v1/models": "A model must be named; which there are",
    "/v2": "What server this is",
    "/healthz": "Whether the process lives",
    "/readyz": "Whether every model answers",
    "/v2/health/live": "Whether the process lives",
    "/v2/health/ready": "Whether every model answers",
    "/monitoring/prometheus/metrics": "Metrics",
    "/page/models": "What the page has to know of the models",
    "/openapi.json": "This document",
}


def _gets(summary: str, names: tuple[str, ...]) -> Schema:
    return {"summary": summary, "parameters": _parameters(names), "responses": _responses()}


def _asks(summary: str, names: tuple[str, ...], schema: Schema) -> Schema:
    body = {"required": True, "content": {http.JSON: {"schema": schema}}}
    return {**_gets(summary, names), "requestBody": body}


def _streams(names: tuple[str, ...]) -> Schema:
    asks = _asks("Write on at a text, token by token", names, _GENERATE)
    events = {"description": "Events `token`, and then `end` or `error`"}
    answered = {**events, "content": {"text/event-stream": {"schema": {"type": "string"}}}}
    return {**asks, "responses": {**asks["responses"], "200": answered}}


def _parameters(names: tuple[str, ...]) -> list[Schema]:
    schemas: dict[str, Schema] = {
        "model": {"type": "string", "pattern": "^[^/:]+$", "minLength": 1},
        "version": {"type": "integer", "minimum": 0, "maximum": 2**63 - 1},
    }
    return [
        {"name": name, "in": "path", "required": True, "schema": schemas[name]} for name in names
    ]


def _responses() -> Schema:
    refusals = {
        str(status): {"description": "Refused", "content": {http.JSON: {"schema": _ERROR}}}
        for status in _REFUSALS
    }
    answered = {"description": "Answered", "content": {http.JSON: {"schema": _OBJECT}}}
    return {"200": answered, **refusals}


def routes() -> list[http.Route]:
    """Lists the route of the document."""
    told = http.answer(document())

    async def tell(request: http.Request) -> http.Response:
        return told

    return [http.Route.of("GET", r"/openapi\.json", tell, is_open=True)]
