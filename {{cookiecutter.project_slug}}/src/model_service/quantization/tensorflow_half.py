"""Half precision for TensorFlow: weights float16 in the file, arithmetic in float32.

Half the size. On the CPU an MLP was as fast as the original, ResNet18 7 % slower at batch 8 and
25 % at batch 1, since its kernels are widened in each run. Arithmetic in bfloat16 made batches 1.5
times as fast, one row a quarter slower, and pays only where the processor has it: it is not done.
"""

from pathlib import Path

import numpy as np
from tensorflow.core.framework.graph_pb2 import GraphDef
from tensorflow.core.framework.node_def_pb2 import NodeDef
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from ..arrays import Arrays
from ..engine.tensorflow_config import tf
from ..engine.tensorflow_formats import USUAL_SIGNATURE, Signature, read
from ..errors import InvalidArtefact

SCHEME = "half"
SUFFIX = ""  # the artefact is a folder


def quantize(original: Path, target: Path, calibration: Arrays) -> None:
    """Write the float16 artefact, a SavedModel; it needs no calibration and keeps its borders.

    Raises InvalidArtefact for a model of TensorFlow 1.
    """
    _, signature = read(original)
    inputs, outputs = signature.structured_input_signature[1], sorted(signature.structured_outputs)
    frozen = _freeze(signature, inputs)
    graph = frozen.graph.as_graph_def()
    _refuse_variables(graph, original.name)
    for node in [node for node in graph.node if _is_kernel(node)]:
        _halve(node, graph)

    def serve(**tensors: tf.Tensor) -> dict[str, tf.Tensor]:
        given = {old.name: tensors[name] for old, name in zip(frozen.inputs, inputs, strict=True)}
        wanted = [tensor.name for tensor in frozen.outputs]
        returned = tf.graph_util.import_graph_def(graph, given, wanted, name="")
        return dict(zip(outputs, returned, strict=True))

    served = tf.function(serve, autograph=False).get_concrete_function(**inputs)
    tf.saved_model.save(tf.Module(), target, {USUAL_SIGNATURE: served})


def _freeze(signature: Signature, inputs: dict[str, tf.TensorSpec]) -> Signature:
    """Return the signature with constants for its variables; its inputs keep their order."""

    def call(*tensors: tf.Tensor) -> dict[str, tf.Tensor]:
        outputs: dict[str, tf.Tensor] = signature(**dict(zip(inputs, tensors, strict=True)))
        return outputs

    function = tf.function(call, list(inputs.values()), autograph=False)
    return convert_variables_to_constants_v2(
        function.get_concrete_function(), lower_control_flow=False
    )


def _refuse_variables(graph: GraphDef, name: str) -> None:
    bodies = [graph.node, *(function.node_def for function in graph.library.function)]
    if {node.op for body in bodies for node in body} & {"VarHandleOp", "VariableV2"}:
        raise InvalidArtefact(
            f"{name} holds variables as TensorFlow 1 saved them, which cannot be made smaller:"
            " load it with TensorFlow 2 and save it again, or choose none."
        )


def _is_kernel(node: NodeDef) -> bool:
    """Return whether a node holds weights of two dimensions or more that float16 can hold."""
    if node.op != "Const" or node.attr["dtype"].type != tf.float32.as_datatype_enum:
        return False
    values = tf.make_ndarray(node.attr["value"].tensor)
    return values.ndim > 1 and bool((np.abs(values) <= tf.float16.max).all())


def _halve(node: NodeDef, graph: GraphDef) -> None:
    """Let a constant hold float16, and a cast to float32 take its name."""
    half = tf.float16.as_datatype_enum
    cast = graph.node.add(op="Cast", name=node.name, input=[f"{node.name}/half"])
    cast.attr["SrcT"].type, cast.attr["DstT"].type = half, tf.float32.as_datatype_enum
    values = tf.make_ndarray(node.attr["value"].tensor).astype(np.float16)
    node.name = f"{node.name}/half"
    node.attr["dtype"].type = half
    node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(values))
