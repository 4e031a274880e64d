"""The whole exercise by somebody who read nothing but the skeleton, in an unusual way; the first of three."""

# ruff: noqa: F821 - what the skeleton gives stands in the reference

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor


def _pick(logits: Tensor, model: Any) -> list[tuple[str, float]]:
    confidences, indices = torch.softmax(logits.double(), dim=-1).max(dim=-1)
    return [(model.config.id2label[i], c) for i, c in zip(indices.tolist(), confidences.tolist(), strict=True)]


def predict(text: str, model: Any, tokenizer: Any, max_length: int = 128) -> tuple[str, float]:
    model.eval()
    inputs = tokenizer(text, truncation=True, max_length=max_length, return_tensors="pt")
    with torch.inference_mode():
        outputs = model(**{name: inputs[name].to(model.device) for name in ("attention_mask", "input_ids")})
        (answer,) = _pick(outputs.logits, model)
    return answer


def predict_batch(
    texts: Sequence[str], model: Any, tokenizer: Any, batch_size: int = 32, max_length: int = 128
) -> list[tuple[str, float]]:
    model.train(False)
    answers: list[tuple[str, float]] = []
    for start in range(0, len(texts), batch_size):
        encoded = [
            tokenizer(texts[i], truncation=True, max_length=max_length)
            for i in range(start, min(start + batch_size, len(texts)))
        ]
        inputs = {}
        for name, filler in (("attention_mask", 0), ("input_ids", tokenizer.pad_token_id or 0)):
            rows = [torch.tensor(entry[name], dtype=torch.long) for entry in encoded]
            padded = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=filler)
            inputs[name] = padded.to(model.device)
        with torch.inference_mode():
            answers.extend(_pick(model(**inputs).logits, model))
    return answers


def expected_calibration_error(confidences: Tensor, correct: Tensor, n_bins: int = 10) -> float:
    if confidences.numel() == 0:
        raise ValueError("no predictions")
    values = confidences.detach()
    edges = torch.tensor([i / n_bins for i in range(1, n_bins)], dtype=values.dtype, device=values.device)
    bins = (values[:, None] > edges).sum(dim=1)
    claimed = torch.bincount(bins, weights=values.double())
    reached = torch.bincount(bins, weights=correct.detach().double())
    return ((claimed - reached).abs().sum() / len(values)).item()


def temperature_scale(logits: Tensor, labels: Tensor) -> float:
    scores = logits.detach().double()
    target = scores.gather(1, labels.long()[:, None]).mean()
    low, high = (0.05, 50.0)
    for _ in range(80):
        middle = (low * high) ** 0.5
        weights = torch.softmax(scores / middle, dim=1)
        if (weights * scores).sum(dim=1).mean() > target:
            low = middle
        else:
            high = middle
    return (low * high) ** 0.5
