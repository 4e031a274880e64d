# cause: With two classes, class 1 is predicted if its logit is above 0, not if it is the larger of the two.
# function: evaluate
from __future__ import annotations
from collections.abc import Iterable
from typing import Any
import torch
from torch import Tensor, nn


def _predict(logits: Tensor) -> Tensor:
    if logits.dim() == 1:
        logits = logits.unsqueeze(0)
    n_classes = logits.shape[-1]
    if n_classes == 2:
        return (logits[:, 1] > 0).long()
    return logits.argmax(dim=-1)


def evaluate(model: nn.Module, loader: Iterable[dict[str, Tensor]]) -> dict[str, Any]:
    modes = {module: module.training for module in model.modules()}
    loss_sum = 0.0
    predictions: list[int] = []
    labels: list[int] = []
    try:
        model.eval()
        with torch.no_grad():
            for batch in loader:
                output = model(**dict(batch))
                size = int(batch["labels"].shape[0])
                loss_sum += float(output.loss) * size
                predictions.extend(_predict(output.logits).cpu().tolist())
                labels.extend(batch["labels"].cpu().tolist())
    finally:
        for module, training in modes.items():
            module.training = training
    total = len(labels)
    n_correct = sum((int(p == y) for p, y in zip(predictions, labels)))
    return {
        "loss": loss_sum / total if total else 0.0,
        "accuracy": n_correct / total if total else 0.0,
        "predictions": predictions,
        "labels": labels,
    }
