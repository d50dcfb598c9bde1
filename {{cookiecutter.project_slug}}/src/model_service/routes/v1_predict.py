"""V1's `:predict`: instances by row or by column, with the preprocessing of `/predict`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Response

from ..errors import InvalidRequest, ModelNotFound
from ..model_card import ModelCard
from ..postprocessing import Prediction
from ..schemas import V1Request, V1Response, check_count, decode
from ..service import Service
from ..timings import Timings
from .documented import JSON, documented, predicting
from .models import model_named
from .predict import admitted, json_answer

GROUP = "V1"
PREDICT = predicting(
    "Predictions by row, or by column",
    GROUP,
    {JSON: V1Response},
    {JSON: V1Request},
    raises=(ModelNotFound,),
)


def view(service: Service) -> Callable[..., Response]:
    """Return what answers `POST ...:predict`; JSON is read under any Content-Type."""

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

    return predict


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
