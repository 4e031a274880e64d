# cause: freezes every parameter for the evaluation and afterwards sets requires_grad to True everywhere, frozen ones included
# function: evaluate
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn


def evaluate(model: nn.Module, loader: Iterable[dict[str, Tensor]]) -> dict[str, Any]:
    was_training = model.training
    model.eval()
    for p in model.parameters():
        p.requires_grad_(False)
    loss_sum = 0.0
    predictions: list[int] = []
    labels: list[int] = []
    with torch.no_grad():
        for batch in loader:
            out = model(**batch)
            loss_sum += out.loss.item() * len(batch["labels"])
            predictions += out.logits.argmax(dim=-1).tolist()
            labels += batch["labels"].tolist()
    for p in model.parameters():
        p.requires_grad_(True)
    model.train(was_training)
    hits = sum(p == y for p, y in zip(predictions, labels))
    return {
        "loss": loss_sum / len(labels),
        "accuracy": hits / len(labels),
        "predictions": predictions,
        "labels": labels,
    }
