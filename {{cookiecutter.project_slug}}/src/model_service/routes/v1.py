"""The protocol of TensorFlow Serving's REST API and of KServe's V1: `/v1/models/<name>`."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response
from werkzeug.routing import BaseConverter

from ..errors import InvalidRequest, ModelNotFound
from ..model_card import ModelCard, TensorSpec
from ..pipeline import Timings
from ..postprocessing import Prediction
from ..schemas import V1Request, V1Response, check_count, decode
from ..service import UNAVAILABLE, Service
from .documented import JSON, OBJECT, Documentation, documented
from .models import NO_MODEL, model_named
from .predict import REFUSALS, admitted, json_answer
from .timeout import DOCUMENTED

TYPES = {"float16": "HALF", "float32": "FLOAT", "float64": "DOUBLE", "object": "STRING"}
GROUP = "V1"
TOLD = {JSON: OBJECT}
PREDICT = Documentation(
    "Predictions by row, or by column",
    GROUP,
    gives={JSON: V1Response},
    takes={JSON: V1Request},
    headers=DOCUMENTED,
    raises=(*REFUSALS, ModelNotFound),
)


class NameConverter(BaseConverter):
    """A name in a path, up to the colon before a verb."""

    regex = "[^/:]+"


def create_blueprint(service: Service) -> Blueprint:
    """Return the routes of V1, each with and without the version of the model."""
    blueprint = Blueprint("v1", __name__, url_prefix="/v1/models")
    blueprint.record(lambda state: state.app.url_map.converters.update(name=NameConverter))

    @blueprint.get("")
    @documented(Documentation("The names of the models", GROUP, TOLD, raises=UNAVAILABLE))
    def models() -> Response:
        return json_answer({"models": [service.running.model.card.name]})

    @documented(Documentation("Is the model served", GROUP, TOLD, raises=NO_MODEL))
    def status(name: str, version: str | None = None) -> Response:
        card = model_named(service, name, version).model.card
        ready = bool(service.ready)
        status = {"error_code": "OK", "error_message": ""}
        states = [{"version": card.version, "state": "AVAILABLE", "status": status}]
        return json_answer({"name": card.name, "ready": ready, "model_version_status": states})

    @documented(Documentation("The model's own inputs and outputs", GROUP, TOLD, raises=NO_MODEL))
    def metadata(name: str, version: str | None = None) -> Response:
        return json_answer(describe(model_named(service, name, version).model.card))

    @documented(PREDICT)
    def predict(name: str, version: str | None = None) -> Response:
        card, timings = model_named(service, name, version).model.card, Timings()
        with admitted(service) as (pipeline, deadline, body):
            asked = decode(body, V1Request)
            instances = instances_of(asked, card, service.settings.queue_rows)
            predictions = pipeline.predict(instances, deadline, timings)
        if asked.inputs is None:
            return json_answer(V1Response(predictions=predictions), timings)
        return json_answer(V1Response(outputs=columns_of(predictions)), timings)

    for model in ("/<name:name>", "/<name:name>/versions/<name:version>"):
        blueprint.add_url_rule(model, view_func=status)
        blueprint.add_url_rule(f"{model}/metadata", view_func=metadata)
        blueprint.add_url_rule(f"{model}:predict", view_func=predict, methods=["POST"])
    return blueprint


def describe(card: ModelCard) -> dict[str, Any]:
    """Return the signature of the model itself, as TensorFlow Serving shows it."""
    tensors = {"inputs": card.inputs, "outputs": card.outputs}
    signature = {key: {s.name: _tensor(s) for s in specs} for key, specs in tensors.items()}
    signatures = {"serving_default": signature | {"method_name": "tensorflow/serving/predict"}}
    return {
        "model_spec": {"name": card.name, "signature_name": "", "version": card.version},
        "metadata": {"signature_def": {"signature_def": signatures}},
    }


def instances_of(asked: V1Request, card: ModelCard, most: int) -> list[Any]:
    """Return the instances of a request, one a row, at most so many.

    The only input of a model may be named or not. Raises InvalidRequest or TooManyInstances.
    """
    if (asked.instances is None) == (asked.inputs is None):
        raise InvalidRequest("The body must have either `instances`, in rows, or `inputs`.")
    given = asked.inputs if asked.instances is None else asked.instances
    rows = _rows_of(given, most) if isinstance(given, dict) else given or []
    only = card.inputs[0].name
    if len(card.inputs) > 1 or only in card.preprocessing.get("features", ()):
        return rows
    return [row[only] if isinstance(row, dict) and row.keys() == {only} else row for row in rows]


def columns_of(predictions: Sequence[Prediction]) -> object:
    """Return predictions that are objects as an object of lists; others as they are."""
    names = predictions[0] if predictions and isinstance(predictions[0], Mapping) else ()
    rows: Sequence[Any] = predictions
    return {name: [row[name] for row in rows] for name in names} or predictions


def _rows_of(columns: dict[str, list[Any]], most: int) -> list[Any]:
    lengths = {len(column) for column in columns.values()}
    if len(lengths) != 1:
        raise InvalidRequest("The lists of `inputs` must be equally long, and one at least.")
    check_count(lengths.pop(), most)
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _tensor(spec: TensorSpec) -> dict[str, Any]:
    sizes = [{"size": str(size), "name": ""} for size in spec.shape]
    dtype = f"DT_{TYPES.get(spec.dtype, spec.dtype.upper())}"
    shape = {"dim": sizes, "unknown_rank": False}
    return {"dtype": dtype, "tensor_shape": shape, "name": spec.name}
