"""evaluate: an ExitStack puts the mode of every single module back; all results are lists of rows that zip turns
around.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from math import fsum
from typing import Any

import torch
from torch import Tensor, nn


def evaluate(model: nn.Module, loader: Iterable[dict[str, Tensor]]) -> dict[str, Any]:
    def measured() -> Iterator[tuple[int, int, float]]:
        for batch in loader:
            output = model(**batch)
            guesses, truth = output.logits.argmax(dim=-1).tolist(), batch["labels"].tolist()
            yield from zip(guesses, truth, [output.loss.item()] * len(truth), strict=False)

    with ExitStack() as stack:
        for module in model.modules():
            stack.callback(module.__dict__.__setitem__, "training", module.training)
        model.eval()
        stack.enter_context(torch.no_grad())
        predictions, labels, losses = map(list, zip(*measured(), strict=False))
    right = [guess == truth for guess, truth in zip(predictions, labels, strict=False)]
    return {
        "predictions": predictions,
        "labels": labels,
        "loss": fsum(losses) / len(losses),
        "accuracy": right.count(True) / len(right),
        "n": len(right),
    }
