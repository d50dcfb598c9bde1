"""The network of the model: put your own here, with the code that it was trained with.

A state dict holds names and numbers only; here stand the layers that they belong to. A model that
brings its own code (`.pt2`, TorchScript) does not need `build`.
"""

from torch import Tensor, nn

from ..model_card import TensorSpec

# The arguments of `forward` in order, and what it returns: a tensor, a tuple of them, or a dict by
# these names. -1 is any size; the first dimension is the batch.
INPUTS = (
    TensorSpec(name="input_ids", dtype="int64", shape=(-1, -1)),
    TensorSpec(name="attention_mask", dtype="int64", shape=(-1, -1)),
)
OUTPUTS = (TensorSpec(name="probabilities", dtype="float32", shape=(-1, 12)),)

TOKENS, WIDTH, HIDDEN = 2048, 32, 64


class TokenMean(nn.Module):
    """Token ids -> the mean of their rows in a table, without those that the mask leaves out."""

    def __init__(self, tokens: int, width: int) -> None:
        super().__init__()
        self.table = nn.Embedding(tokens, width, padding_idx=0)  # the row of zeros

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Return the mean rows, float32 [batch, width]; ids and mask are int64 [batch, length].

        No tokens at all have a mean of zeros.
        """
        rows: Tensor = self.table(ids.masked_fill(mask == 0, 0))
        return rows.sum(dim=1) / mask.sum(dim=1, keepdim=True).clamp(min=1)


class Classifier(nn.Module):
    """Token ids -> the probability of each class."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens = TokenMean(TOKENS, WIDTH)
        self.layers = nn.Sequential(
            nn.Linear(WIDTH, HIDDEN),
            nn.ReLU(),
            nn.Linear(HIDDEN, OUTPUTS[0].shape[1]),
            nn.Softmax(dim=1),
        )

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Return probabilities, float32 [batch, classes]; the inputs are int64 [batch, length]."""
        probabilities: Tensor = self.layers(self.tokens(ids, mask))
        return probabilities


def build() -> Classifier:
    """Return the network; its parameters get their values from the artefact."""
    return Classifier()
