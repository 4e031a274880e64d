# cause: batches are evaluated largest first and put back with the permutation itself instead of its inverse
# function: evaluate

from collections.abc import Iterable
from typing import Any
import torch
from torch import Tensor, nn


def evaluate(model: nn.Module, loader: Iterable[dict[str, Tensor]]) -> dict[str, Any]:
    batches = list(loader)
    order = sorted(range(len(batches)), key=lambda i: sum((t.numel() for t in batches[i].values())), reverse=True)
    predicted, expected, loss_sum = ([], [], 0.0)
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            for i in order:
                labels = batches[i]["labels"]
                out = model(**batches[i])
                loss_sum += out.loss.item() * labels.shape[0]
                predicted.append(out.logits.argmax(-1))
                expected.append(labels)
    finally:
        model.train(was_training)
    predictions = torch.cat([predicted[i] for i in order])
    labels = torch.cat([expected[i] for i in order])
    return {
        "loss": loss_sum / labels.numel(),
        "accuracy": predictions.eq(labels).sum().item() / labels.numel(),
        "predictions": predictions.tolist(),
        "labels": labels.tolist(),
    }
