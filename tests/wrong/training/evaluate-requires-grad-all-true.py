# cause: in a hurry: parameters are frozen for the measurement and all are set to trainable afterwards, also those that were frozen before
# function: evaluate
from collections.abc import Iterable
from typing import Any

from torch import Tensor, nn


def evaluate(model: nn.Module, loader: Iterable[dict[str, Tensor]]) -> dict[str, Any]:
    """Freeze, measure, thaw."""
    was_training = model.training
    model.eval()
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    total = 0.0
    predictions, labels = [], []
    for batch in loader:
        out = model(**batch)
        total += out.loss.item() * len(batch["labels"])
        predictions += out.logits.argmax(dim=-1).tolist()
        labels += batch["labels"].tolist()
    for parameter in model.parameters():
        parameter.requires_grad_(True)
    model.train(was_training)
    hits = sum(p == y for p, y in zip(predictions, labels, strict=True))
    return {
        "loss": total / len(labels),
        "accuracy": hits / len(labels),
        "predictions": predictions,
        "labels": labels,
    }
