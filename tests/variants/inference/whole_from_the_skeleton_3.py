"""The whole exercise by somebody who read nothing but the skeleton, in an unusual way; the third of three."""

# ruff: noqa: F821 - what the skeleton gives stands in the reference

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor


def _width(lengths: Sequence[int], model: Any, max_length: int) -> int:
    longest = max(lengths)
    rounded = -(-longest // 8) * 8
    limit = min(max_length, getattr(model.config, "max_position_embeddings", max_length))
    return rounded if rounded <= limit else longest


def _classify(
    texts: Sequence[str], model: Any, tokenizer: Any, calls: int, max_length: int, rounded: bool
) -> dict[str, tuple[str, float]]:
    grad, training = (torch.is_grad_enabled(), [module for module in model.modules() if module.training])
    answers = {}
    torch.set_grad_enabled(False)
    model.eval()
    try:
        for batch in (texts[first::calls] for first in range(calls)):
            rows = [tokenizer(text, max_length=max_length, truncation=True) for text in batch]
            lengths = [len(row["input_ids"]) for row in rows]
            width = _width(lengths, model, max_length) if rounded else max(lengths)
            ids = np.full((len(batch), width), tokenizer.pad_token_id or 0, dtype=np.int64)
            mask = np.zeros_like(ids)
            for i, (row, length) in enumerate(zip(rows, lengths, strict=True)):
                ids[i, :length], mask[i, :length] = (row["input_ids"], row["attention_mask"])
            ids, mask = (torch.from_numpy(ids).to(model.device), torch.from_numpy(mask).to(model.device))
            logits = model(attention_mask=mask, input_ids=ids).logits.double().cpu().numpy()
            for text, row in zip(batch, logits, strict=True):
                best = int(np.flatnonzero(row == row.max())[-1])
                answers[text] = (model.config.id2label[best], float(1 / np.exp(row - row[best]).sum()))
    finally:
        for module in training:
            module.training = True
        torch.set_grad_enabled(grad)
    return answers


def predict(text: str, model: Any, tokenizer: Any, max_length: int = 128) -> tuple[str, float]:
    return _classify([text], model, tokenizer, calls=1, max_length=max_length, rounded=False)[text]


def predict_batch(
    texts: Sequence[str], model: Any, tokenizer: Any, batch_size: int = 32, max_length: int = 128
) -> list[tuple[str, float]]:
    different = list(dict.fromkeys(texts))
    calls = -(-len(different) // batch_size)
    answers = _classify(different, model, tokenizer, calls=calls, max_length=max_length, rounded=True)
    return [answers[text] for text in texts]


def expected_calibration_error(confidences: Tensor, correct: Tensor, n_bins: int = 10) -> float:
    n = len(confidences)
    if n < 1:
        raise IndexError("nothing to measure")
    edges = torch.tensor([i / n_bins for i in range(1, n_bins)], dtype=confidences.dtype).double().numpy()
    claimed = confidences.detach().double().cpu().numpy()
    order = np.argsort(claimed, kind="stable")
    gaps = (claimed - correct.detach().double().cpu().numpy())[order]
    parts = np.split(gaps, np.searchsorted(claimed[order], edges, side="right"))
    return float(sum(abs(part.sum()) for part in parts) / n)


def temperature_scale(logits: Tensor, labels: Tensor) -> float:
    exact = logits.detach().double().cpu().numpy()
    margins = exact - np.take_along_axis(exact, labels.long().cpu().numpy()[:, None], axis=1)
    low, high = (0.05, 50.0)
    for _ in range(8):
        grid = np.geomspace(low, high, 41)
        losses = [np.logaddexp.reduce(margins / t, axis=1).mean() for t in grid]
        best = int(np.argmin(losses))
        low, high = (grid[max(best - 1, 0)], grid[min(best + 1, 40)])
    return float(np.clip(np.sqrt(low * high), 0.05, 50.0))
