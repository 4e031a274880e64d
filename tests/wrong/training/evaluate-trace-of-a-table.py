# cause: the accuracy is the trace of a contingency table that has only the labels and the predictions that occur
# function: evaluate
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn


def weighted_mean(x: list[float], w: list[int]) -> float:
    """weighted.mean(x, w)"""
    return float(np.average(np.asarray(x, dtype=float), weights=w))


def table(rows: list[int], columns: list[int]) -> np.ndarray:
    """table(rows, columns): the contingency table."""
    row_levels, i = np.unique(rows, return_inverse=True)
    column_levels, j = np.unique(columns, return_inverse=True)
    counts = np.zeros((len(row_levels), len(column_levels)), dtype=int)
    np.add.at(counts, (i, j), 1)
    return counts


def nrow(batch: dict[str, Tensor]) -> int:
    """nrow(batch)"""
    return len(batch["labels"])


def evaluate(model: nn.Module, loader: Iterable[dict[str, Tensor]]) -> dict[str, Any]:
    """Evaluate by a table."""
    frame: dict[str, list] = {"loss": [], "n": [], "predictions": [], "labels": []}
    before = model.training
    model.eval()
    with torch.no_grad():
        for batch in loader:
            fit = model(**batch)
            frame["loss"].append(fit.loss.item())
            frame["n"].append(nrow(batch))
            frame["predictions"].extend(fit.logits.argmax(dim=1).tolist())
            frame["labels"].extend(batch["labels"].tolist())
    model.train(before)
    confusion = table(frame["labels"], frame["predictions"])
    return {
        "loss": weighted_mean(frame["loss"], frame["n"]),
        "accuracy": float(np.trace(confusion) / confusion.sum()),
        "predictions": frame["predictions"],
        "labels": frame["labels"],
        "confusion": confusion,
    }
