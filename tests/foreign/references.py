"""What the networks answer without the service: each runtime is called directly."""

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import onnx
import onnxruntime as ort
import torch
from ai_edge_litert.interpreter import Interpreter
from model_service.arrays import Array, Arrays
from model_service.engine.tensorflow_config import tf
from safetensors import numpy as numpy_files
from safetensors.torch import load_file

from .architectures import SileroVad, facenet
from .nets import Format, Net

Reference = Callable[[Path, Arrays], Arrays]


def run_onnx(file: Path | bytes, inputs: Arrays) -> Arrays:
    """Run an ONNX file."""
    session = ort.InferenceSession(file, providers=["CPUExecutionProvider"])
    names = [node.name for node in session.get_outputs()]
    return dict(zip(names, session.run(names, dict(inputs)), strict=True))


def run_tflite(file: Path, inputs: Arrays) -> Arrays:
    """Run the signature of a TFLite file, or its tensors if it has none."""
    interpreter = Interpreter(str(file))
    if interpreter.get_signature_list():
        outputs: Arrays = interpreter.get_signature_runner()(**inputs)
        return outputs
    interpreter.allocate_tensors()
    for tensor in interpreter.get_input_details():
        interpreter.set_tensor(tensor["index"], inputs[tensor["name"]])
    interpreter.invoke()
    given = interpreter.get_output_details()
    return {tensor["name"]: interpreter.get_tensor(tensor["index"]) for tensor in given}


def run_keras(file: Path, inputs: Arrays) -> Arrays:
    """Run a Keras file with one output."""
    model = keras.saving.load_model(file, compile=False)
    return {"output_0": model([inputs[tensor.name] for tensor in model.inputs]).numpy()}


def run_saved_model(folder: Path, inputs: Arrays) -> Arrays:
    """Run the usual signature of a SavedModel in a session, as TensorFlow 1 did."""
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        graph = tf.compat.v1.saved_model.load(session, ["serve"], str(folder))
        signature = graph.signature_def["serving_default"]
        feed = {signature.inputs[name].name: array for name, array in inputs.items()}
        outputs = {name: tensor.name for name, tensor in signature.outputs.items()}
        answers: Arrays = session.run(outputs, feed)
        return answers


def run_facenet(file: Path, inputs: Arrays) -> Arrays:
    """Run PNet, RNet or ONet with the weights that its own constructor loads."""
    boxes, *points, faces = facenet(f"{file.stem[0].upper()}Net")(torch.tensor(inputs["image"]))
    tensors = {"boxes": boxes, "faces": faces} | ({"points": points[0]} if points else {})
    return {name: tensor.detach().numpy() for name, tensor in tensors.items()}


def run_silero_vad(file: Path, inputs: Arrays) -> Arrays:
    """Run the ONNX graph that lies beside the weights, at the beginning of a sound.

    It has the same layers in the same order, and the numbers of an earlier training.
    """
    model = onnx.load(file.with_name("silero_vad_16k_op15.onnx"))
    for old, new in zip(model.graph.initializer, numpy_files.load_file(file).values(), strict=True):
        assert tuple(old.dims) == new.shape
        old.CopyFrom(onnx.numpy_helper.from_array(new, old.name))
    state = np.zeros((2, len(inputs["sound"]), 128), np.float32)
    feed = {"input": inputs["sound"], "state": state, "sr": np.array(16000)}
    return {"speech": run_onnx(model.SerializeToString(), feed)["output"]}


def run_silero_vad_itself(file: Path, inputs: Arrays) -> Arrays:
    """Run the layers of Silero VAD with the weights of a file."""
    network = SileroVad()
    network.load_state_dict(load_file(file))
    return {"speech": network(torch.tensor(inputs["sound"])).detach().numpy()}


REFERENCES: dict[str, Reference] = {
    "onnxruntime": run_onnx,
    "tflite": run_tflite,
    "tensorflow": run_keras,
    "facenet": run_facenet,
    "silero_vad": run_silero_vad,
}


def expected(net: Net, file: Format, batch: list[Array]) -> list[Array]:
    """Return what a file must answer, in the order of its outputs; each row is run on its own."""
    source = net.formats.get(file.reference, file)
    names = [spec.name for spec in source.inputs]
    runs = [
        REFERENCES[file.reference](source.path, dict(zip(names, row, strict=True)))
        for row in zip(*(np.split(rows, len(rows)) for rows in batch), strict=True)
    ]
    return [np.concatenate([run[spec.name] for run in runs]) for spec in source.outputs]
