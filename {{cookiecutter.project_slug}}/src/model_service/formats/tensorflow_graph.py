"""What can be told of a SavedModel from its graph, without loading it."""

from collections.abc import Iterator
from pathlib import Path

from tensorflow.core.protobuf.meta_graph_pb2 import MetaGraphDef
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

from ..engine.tensorflow_formats import GRAPH, USUAL_SIGNATURE
from ..errors import ImportRefused

# Operators that no model needs to predict, and what they would do in the service.
REFUSED = dict.fromkeys(
    ("PyFunc", "PyFuncStateless", "EagerPyFunc"), "calls Python code that is not in it"
) | dict.fromkeys(
    ("ReadFile", "WriteFile", "MatchingFiles"), "reads or writes files of the machine"
)
INTERNAL = "__saved_model"  # the beginning of the names of signatures that are none


def inspect_graph(folder: Path) -> tuple[str, ...]:
    """Return notes on a SavedModel; raises ImportRefused if its graph is damaged or unsafe."""
    graph = folder / GRAPH
    try:
        saved = SavedModel.FromString(graph.read_bytes())
    except OSError as error:
        raise ImportRefused(f"{graph} cannot be read: {error.strerror}.") from None
    except Exception:  # of protobuf, which comes with TensorFlow
        raise ImportRefused(f"{graph} is damaged: copy or save the model again.") from None
    if not saved.meta_graphs:
        raise ImportRefused(f"{graph} holds no graph: copy or save the model again.")
    for meta_graph in saved.meta_graphs:
        for operator in _operators(meta_graph):
            if operator in REFUSED:
                raise ImportRefused(
                    f"{folder.name} has the operator {operator}, which {REFUSED[operator]}: save"
                    " the model without it."
                )
    return tuple(_notes(saved.meta_graphs[0]))


def _operators(meta_graph: MetaGraphDef) -> Iterator[str]:
    functions = (function.node_def for function in meta_graph.graph_def.library.function)
    for nodes in (meta_graph.graph_def.node, *functions):
        for node in nodes:
            yield node.op


def _notes(meta_graph: MetaGraphDef) -> Iterator[str]:
    version = meta_graph.meta_info_def.tensorflow_version
    if version.isprintable() and version:
        yield f"saved by TensorFlow {version}"
    names = sorted(name for name in meta_graph.signature_def if not name.startswith(INTERNAL))
    others = [name for name in names if name != USUAL_SIGNATURE and name.isprintable()]
    if others and USUAL_SIGNATURE in names:
        yield f"{USUAL_SIGNATURE} is served; its other signatures are {', '.join(others)}"
