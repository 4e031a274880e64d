# cause: The count already includes the batch when the running mean is updated, so each batch has too small a weight.
# function: evaluate
from collections.abc import Iterable
from typing import Any
import torch
from torch import Tensor, nn


def evaluate(model: nn.Module, loader: Iterable[dict[str, Tensor]]) -> dict[str, Any]:
    mode = model.training
    model.eval()
    mean, n = (0.0, 0)
    predictions, labels = ([], [])
    with torch.no_grad():
        for batch in loader:
            out = model(**batch)
            b = len(batch["labels"])
            n += b
            mean += (out.loss.item() - mean) * b / (n + b)
            predictions += out.logits.argmax(dim=1).tolist()
            labels += batch["labels"].tolist()
    model.train(mode)
    agree = n - sum((1 for p, y in zip(predictions, labels) if p != y))
    return {"loss": mean, "accuracy": agree / n, "predictions": predictions, "labels": labels}
