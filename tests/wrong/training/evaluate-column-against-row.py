# cause: compares a column (B, 1) of predictions with a row (B,) of labels, so the accuracy is the mean over all B x B comparisons
# function: evaluate
from collections.abc import Iterable
from typing import Any
import numpy as np
import torch
from torch import Tensor, nn


@torch.no_grad()
def evaluate(model: nn.Module, loader: Iterable[dict[str, Tensor]]) -> dict[str, Any]:
    mode = model.training
    model.eval()
    rows, predictions, labels = [], [], []
    for batch in loader:
        out = model(**batch)
        y = batch["labels"]
        top = out.logits.argmax(dim=1, keepdim=True)
        rows.append((len(y), out.loss.item(), (top == y).double().mean().item()))
        predictions.append(top.flatten())
        labels.append(y)
    model.train(mode)
    n, loss, accuracy = np.array(rows).T
    return {
        "loss": float(n @ loss / n.sum()),
        "accuracy": float(n @ accuracy / n.sum()),
        "predictions": torch.cat(predictions).tolist(),
        "labels": torch.cat(labels).tolist(),
    }
