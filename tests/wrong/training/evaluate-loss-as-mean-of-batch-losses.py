# cause: divides the sum of the batch losses by the number of batches, so the examples of a short batch count more
# function: evaluate
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn


def evaluate(model: nn.Module, loader: Iterable[dict[str, Tensor]]) -> dict[str, Any]:
    was_training = model.training
    model.eval()
    losses, predictions, labels = [], [], []
    with torch.no_grad():
        for batch in loader:
            outputs = model(**batch)
            losses.append(outputs.loss.item())
            predictions += outputs.logits.argmax(dim=-1).tolist()
            labels += batch["labels"].tolist()
    model.train(was_training)
    correct = sum(p == y for p, y in zip(predictions, labels, strict=True))
    return {
        "loss": sum(losses) / len(losses),
        "accuracy": correct / len(labels),
        "predictions": predictions,
        "labels": labels,
    }
