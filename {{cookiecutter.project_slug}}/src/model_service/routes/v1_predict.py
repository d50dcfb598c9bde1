"""V1's `:predict`: instances by row or by column, with the preprocessing of `/predict`."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from ..errors import InvalidRequest, ModelNotFound
from ..model_card import ModelCard
from ..postprocessing import Prediction
from ..schemas import V1Request, V1Response, check_count, decode
from ..service import Service
from ..timings import Timings
from ..wsgi import Environ
from .answer import Answer, answer
from .body import read_body
from .documented import JSON, documented, predicting
from .door import View, at_the_door
from .envelope import TIMINGS
from .models import model_named
from .timeout import DEADLINE

GROUP = "V1"
PREDICT = predicting(
    "Predictions by row, or by column",
    GROUP,
    {JSON: V1Response},
    {JSON: V1Request},
    raises=(ModelNotFound,),
)


def view(service: Service) -> View:
    """Return what answers `POST ...:predict`; JSON is read under any Content-Type."""

    @at_the_door
    @documented(PREDICT)
    def predict(environ: Environ, name: str, version: str | None = None) -> Answer:
        running = model_named(service, name, version)
        asked = decode(read_body(environ, service.settings.max_body_bytes), V1Request)
        instances = instances_of(asked, running.model.card, service.settings.queue_rows)
        timings = environ[TIMINGS] = Timings()
        predictions = running.pipeline.predict(instances, environ[DEADLINE], timings)
        if asked.inputs is None:
            response = V1Response(predictions=predictions)
        else:
            response = V1Response(outputs=columns_of(predictions))
        return answer(msgspec.json.encode(response), JSON, timings.header())

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
