"""The protocol of TensorFlow Serving's REST API and of KServe's V1: what is told of the model."""

from typing import Any

from flask import Blueprint
from werkzeug.routing import BaseConverter

from ..model_card import ModelCard, TensorSpec
from ..service import Service
from . import v1_predict
from .documented import JSON, NO_MODEL, OBJECT, UNAVAILABLE, Documentation, documented
from .models import model_named
from .v1_predict import GROUP

TYPES = {"float16": "HALF", "float32": "FLOAT", "float64": "DOUBLE", "object": "STRING"}
TOLD = {JSON: OBJECT}


class NameConverter(BaseConverter):
    """A name in a path, up to the colon before a verb."""

    regex = "[^/:]+"


def create_blueprint(service: Service) -> Blueprint:
    """Return the routes of V1, each with and without the version of the model."""
    blueprint = Blueprint("v1", __name__, url_prefix="/v1/models")
    blueprint.record(lambda state: state.app.url_map.converters.update(name=NameConverter))

    @blueprint.get("")
    @documented(Documentation("The names of the models", GROUP, TOLD, raises=UNAVAILABLE))
    def models() -> dict[str, Any]:
        return {"models": [service.running.model.card.name]}

    @documented(Documentation("Is the model served", GROUP, TOLD, raises=NO_MODEL))
    def status(name: str, version: str | None = None) -> dict[str, Any]:
        card = model_named(service, name, version).model.card
        ready = bool(service.ready)
        status = {"error_code": "OK", "error_message": ""}
        states = [{"version": card.version, "state": "AVAILABLE", "status": status}]
        return {"name": card.name, "ready": ready, "model_version_status": states}

    @documented(Documentation("The model's own inputs and outputs", GROUP, TOLD, raises=NO_MODEL))
    def metadata(name: str, version: str | None = None) -> dict[str, Any]:
        return signature_of(model_named(service, name, version).model.card)

    predict = v1_predict.view(service)
    for model in ("/<name:name>", "/<name:name>/versions/<name:version>"):
        blueprint.add_url_rule(model, view_func=status)
        blueprint.add_url_rule(f"{model}/metadata", view_func=metadata)
        blueprint.add_url_rule(f"{model}:predict", view_func=predict, methods=["POST"])
    return blueprint


def signature_of(card: ModelCard) -> dict[str, Any]:
    """Return the signature of the model itself, as TensorFlow Serving shows it."""
    tensors = {"inputs": card.inputs, "outputs": card.outputs}
    signature = {key: {s.name: _tensor(s) for s in specs} for key, specs in tensors.items()}
    signatures = {"serving_default": signature | {"method_name": "tensorflow/serving/predict"}}
    return {
        "model_spec": {"name": card.name, "signature_name": "", "version": card.version},
        "metadata": {"signature_def": {"signature_def": signatures}},
    }


def _tensor(spec: TensorSpec) -> dict[str, Any]:
    sizes = [{"size": str(size), "name": ""} for size in spec.shape]
    dtype = f"DT_{TYPES.get(spec.dtype, spec.dtype.upper())}"
    shape = {"dim": sizes, "unknown_rank": False}
    return {"dtype": dtype, "tensor_shape": shape, "name": spec.name}
