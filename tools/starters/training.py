"""The training loop that the starters share."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from .starter import SEED, Samples


def seed() -> None:
    """Make all that follows the same in every run on one machine."""
    torch.manual_seed(SEED)
    torch.use_deterministic_algorithms(True)


def fit(
    network: nn.Module,
    to_logits: Callable[..., Tensor],
    samples: Samples,
    augment: Callable[..., tuple[Tensor, ...]],
    *,
    epochs: int,
    batch_size: int,
    learning_rate: float,
    weight_decay: float,
) -> None:
    """Train a network with AdamW and one cycle of the learning rate.

    `to_logits` is the network without the softmax at its end, which the loss applies itself, in a
    stable way; `augment` varies the inputs of a batch.
    """
    inputs = [torch.from_numpy(array) for array in samples.inputs.values()]
    labels = torch.from_numpy(samples.labels)
    steps = -(-len(samples) // batch_size)
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, learning_rate, epochs=epochs, steps_per_epoch=steps
    )
    network.train()
    for epoch in range(1, epochs + 1):
        total = 0.0
        for batch in torch.split(torch.randperm(len(samples)), batch_size):
            logits = to_logits(*augment(*(rows[batch] for rows in inputs)))
            loss = nn.functional.cross_entropy(logits, labels[batch])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            total += loss.item() * len(batch)
        if epoch % 10 == 0:
            print(f"  epoch {epoch:3} of {epochs}: loss {total / len(samples):.4f}", flush=True)
    network.eval()
