# cause: turns gradients off with torch.set_grad_enabled(False) as a plain call and never on again
# function: evaluate
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn


def evaluate(model: nn.Module, loader: Iterable[dict[str, Tensor]]) -> dict[str, Any]:
    mode = model.training
    model.eval()
    torch.set_grad_enabled(False)
    loss_sum = 0.0
    predictions: list[int] = []
    labels: list[int] = []
    for batch in loader:
        out = model(**batch)
        loss_sum += out.loss.item() * len(batch["labels"])
        predictions.extend(out.logits.argmax(-1).tolist())
        labels.extend(batch["labels"].tolist())
    model.train(mode)
    hits = sum(int(p == y) for p, y in zip(predictions, labels, strict=True))
    return {
        "loss": loss_sum / len(labels),
        "accuracy": hits / len(labels),
        "predictions": predictions,
        "labels": labels,
    }
