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
    network: nn.Sequential,
    samples: Samples,
    augment: Callable[[Tensor], Tensor],
    *,
    epochs: int,
    batch_size: int,
    learning_rate: float,
    weight_decay: float,
) -> None:
    """Train a network that ends in a softmax with AdamW and one cycle of the learning rate."""
    inputs, labels = torch.from_numpy(samples.inputs), torch.from_numpy(samples.labels)
    steps = -(-len(samples) // batch_size)
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, learning_rate, epochs=epochs, steps_per_epoch=steps
    )
    to_logits = network[:-1]  # the loss applies the softmax itself, in a stable way
    network.train()
    for epoch in range(1, epochs + 1):
        total = 0.0
        for batch in torch.split(torch.randperm(len(samples)), batch_size):
            loss = nn.functional.cross_entropy(to_logits(augment(inputs[batch])), labels[batch])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            total += loss.item() * len(batch)
        if epoch % 10 == 0:
            print(f"  epoch {epoch:3} of {epochs}: loss {total / len(samples):.4f}", flush=True)
    network.eval()
