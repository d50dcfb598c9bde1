"""The protocol of TensorFlow Serving's REST API and of KServe's V1: `/v1/models/<name>`."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response
from werkzeug.routing import BaseConverter

from ..errors import InvalidRequest, ModelNotFound
from ..model_card import ModelCard, TensorSpec
from ..pipeline import Timings
from ..postprocessing import Prediction
from ..schemas import V1Request, check_count, decode
from ..service import Service
from .predict import admitted, json_answer

TYPES = {"float16": "HALF", "float32": "FLOAT", "float64": "DOUBLE", "object": "STRING"}


class NameConverter(BaseConverter):
    """A name in a path, up to the colon before a verb."""

    regex = "[^/:]+"


def create_blueprint(service: Service) -> Blueprint:
    """Return the routes of V1, each with and without the version of the model."""
    blueprint = Blueprint("v1", __name__, url_prefix="/v1/models")
    blueprint.record(lambda state: state.app.url_map.converters.update(name=NameConverter))

    @blueprint.get("")
    def models() -> Response:
        return json_answer({"models": [service.running.model.card.name]})

    def status(name: str, version: str | None = None) -> Response:
        card = known(service.ready.model.card, name, version)
        status = {"error_code": "OK", "error_message": ""}
        states = [{"version": card.version, "state": "AVAILABLE", "status": status}]
        return json_answer({"name": card.name, "ready": True, "model_version_status": states})

    def metadata(name: str, version: str | None = None) -> Response:
        return json_answer(describe(known(service.running.model.card, name, version)))

    def predict(name: str, version: str | None = None) -> Response:
        card, timings = known(service.running.model.card, name, version), Timings()
        with admitted(service) as (pipeline, deadline, body):
            asked = decode(body, V1Request)
            instances = instances_of(asked, card, service.settings.queue_rows)
            predictions = pipeline.predict(instances, deadline, timings)
        if asked.inputs is None:
            return json_answer({"predictions": predictions}, timings)
        return json_answer({"outputs": columns_of(predictions)}, timings)

    for model in ("/<name:name>", "/<name:name>/versions/<name:version>"):
        blueprint.add_url_rule(model, view_func=status)
        blueprint.add_url_rule(f"{model}/metadata", view_func=metadata)
        blueprint.add_url_rule(f"{model}:predict", view_func=predict, methods=["POST"])
    return blueprint


def known(card: ModelCard, name: str, version: str | None) -> ModelCard:
    """Return the card if it is of this name and version; raises ModelNotFound."""
    if name != card.name or version not in (None, card.version):
        raise ModelNotFound(f"The one model of this service is {card.name!r}, {card.version!r}.")
    return card


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
