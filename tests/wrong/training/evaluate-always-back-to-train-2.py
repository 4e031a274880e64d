# cause: the model is put into training mode at the end, though it may have come in evaluation mode
# function: evaluate
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn


def evaluate(model: nn.Module, loader: Iterable[dict[str, Tensor]]) -> dict[str, Any]:
    model.eval()
    total_loss = 0.0
    predictions: list[int] = []
    labels: list[int] = []
    with torch.no_grad():
        for batch in loader:
            out = model(**batch)
            total_loss += out.loss.item() * len(batch["labels"])
            predictions.extend(out.logits.argmax(dim=-1).tolist())
            labels.extend(batch["labels"].tolist())
    model.train()
    correct = sum(p == y for p, y in zip(predictions, labels, strict=True))
    return {
        "loss": total_loss / len(labels),
        "accuracy": correct / len(labels),
        "predictions": predictions,
        "labels": labels,
    }
