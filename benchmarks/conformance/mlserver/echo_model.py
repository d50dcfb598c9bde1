"""A model of MLServer that gives each input back: in_x as out_x."""

from mlserver import MLModel
from mlserver.codecs import NumpyCodec, StringCodec
from mlserver.errors import InferenceError
from mlserver.types import InferenceRequest, InferenceResponse, RequestInput, ResponseOutput


class Echo(MLModel):
    """Decodes its inputs and encodes its outputs by MLServer's codecs.

    MLServer leaves it to the model to compare a request with its inputs and outputs, so it does.
    """

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        """Return the outputs that are asked for, or all."""
        self._check(payload)
        outputs = {output.name: output for output in map(echoed, payload.inputs)}
        chosen = [output.name for output in payload.outputs or outputs.values()]
        return InferenceResponse(
            model_name=self.name,
            model_version=self.version,
            outputs=[outputs[name] for name in chosen],
        )

    def _check(self, payload: InferenceRequest) -> None:
        """Raise InferenceError unless the names, datatypes and ranks are the model's."""
        declared = {tensor.name: tensor for tensor in self.inputs}
        given = [tensor.name for tensor in payload.inputs]
        if sorted(given) != sorted(declared):
            raise InferenceError(f"The inputs are {', '.join(declared)}, each once.")
        for tensor in payload.inputs:
            if tensor.datatype != declared[tensor.name].datatype:
                raise InferenceError(f"Another datatype was expected of {tensor.name}.")
            if len(tensor.shape) != len(declared[tensor.name].shape):
                raise InferenceError(f"Another rank was expected of {tensor.name}.")
        known = {tensor.name for tensor in self.outputs}
        chosen = [output.name for output in payload.outputs or ()]
        if len(set(chosen)) != len(chosen) or not known.issuperset(chosen):
            raise InferenceError(f"The outputs are {', '.join(known)}, each once at most.")


def echoed(tensor: RequestInput) -> ResponseOutput:
    """Return an input as an output; raises InferenceError for values that do not fit."""
    name = tensor.name.replace("in_", "out_", 1)
    is_text = tensor.datatype == "BYTES"
    codec = StringCodec if is_text else NumpyCodec
    try:
        output = codec.encode_output(name, codec.decode_input(tensor))
    except (ValueError, OverflowError, TypeError) as error:
        raise InferenceError(f"{tensor.name} cannot be read: {error}") from error
    if is_text:
        output.shape = tensor.shape  # the codec makes a column of them
    return output
