# cause: results are remembered by model and loader, so a second evaluation after training returns the old ones
# function: evaluate
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn


METER = {"loss": 0.0, "right": 0, "n": 0}  # totals of the epoch that is running


RESULTS: dict[tuple[int, int], tuple] = {}  # evaluations that were already made


def reset_meter() -> None:
    """Start a new epoch."""
    METER.update(loss=0.0, right=0, n=0)


def add_to_meter(output, labels: Tensor) -> None:
    """Count a batch."""
    METER["loss"] += output.loss.item() * len(labels)
    METER["right"] += int((output.logits.detach().argmax(1) == labels).sum())
    METER["n"] += len(labels)


def evaluate(model: nn.Module, loader: Iterable[dict[str, Tensor]]) -> dict[str, Any]:
    """Evaluate, once per model and loader."""
    key = (id(model), id(loader))
    if key in RESULTS:
        return RESULTS[key][-1]
    training = model.training
    model.eval()
    reset_meter()
    predictions: list[int] = []
    labels: list[int] = []
    with torch.no_grad():
        for batch in loader:
            output = model(**batch)
            add_to_meter(output, batch["labels"])
            predictions.extend(output.logits.argmax(1).tolist())
            labels.extend(batch["labels"].tolist())
    model.train(training)
    result = {
        "loss": METER["loss"] / METER["n"],
        "accuracy": METER["right"] / METER["n"],
        "predictions": predictions,
        "labels": labels,
    }
    RESULTS[key] = (model, loader, result)
    return result
