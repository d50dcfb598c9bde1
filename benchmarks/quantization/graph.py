"""A network written down in another format: its layers in the order in which they run."""

import operator
from collections.abc import Callable
from typing import Any

from torch import fx, nn

Value = Any  # whatever stands for a tensor in the other format


class Translator(fx.Interpreter):
    """Runs a network with other things than tensors: `layer` and `add` say what comes out.

    Raises TypeError for a network that does more than call layers and add.
    """

    def __init__(
        self,
        network: nn.Module,
        layer: Callable[[nn.Module, Value], Value],
        add: Callable[[Value, Value], Value],
    ) -> None:
        super().__init__(fx.symbolic_trace(network))
        self._layer, self._add = layer, add

    def call_module(self, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Value:
        """Translate a layer."""
        return self._layer(self.fetch_attr(target), *args)

    def call_function(self, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Value:
        """Translate the sum at the end of a shortcut."""
        if target is not operator.add:
            raise TypeError(f"{target} cannot be translated: networks here only add.")
        return self._add(*args)
