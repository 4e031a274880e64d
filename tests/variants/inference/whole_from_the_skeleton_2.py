"""The whole exercise by somebody who read nothing but the skeleton, in an unusual way; the second of three."""

# ruff: noqa: F821 - what the skeleton gives stands in the reference

import bisect
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor


@contextmanager
def _quiet(model: Any) -> Iterator[None]:
    modes = [(module, module.training) for module in model.modules()]
    try:
        model.eval()
        with torch.no_grad():
            yield
    finally:
        for module, mode in modes:
            module.training = mode


def _loss(logits: Tensor, labels: Tensor, log_t: float) -> float:
    return torch.nn.functional.cross_entropy(logits / math.exp(log_t), labels).item()


def predict(text: str, model: Any, tokenizer: Any, max_length: int = 128) -> tuple[str, float]:
    return predict_batch(texts=(text,), model=model, tokenizer=tokenizer, batch_size=1, max_length=max_length)[0]


def predict_batch(
    texts: Sequence[str], model: Any, tokenizer: Any, batch_size: int = 32, max_length: int = 128
) -> list[tuple[str, float]]:
    if not len(texts):
        return []
    encoded = tokenizer(list(texts), truncation="longest_first", max_length=max_length)
    ids, masks = (encoded["input_ids"], encoded["attention_mask"])
    order = sorted(range(len(ids)), key=lambda i: -len(ids[i]))
    answers: dict[int, tuple[str, Tensor]] = {}
    filler = tokenizer.pad_token_id or 0
    with _quiet(model):
        while order:
            rows, order = (order[:batch_size], order[batch_size:])
            width = len(ids[rows[0]])
            logits = model(
                input_ids=torch.tensor([ids[i] + [filler] * (width - len(ids[i])) for i in rows], device=model.device),
                attention_mask=torch.tensor(
                    [masks[i] + [0] * (width - len(ids[i])) for i in rows], device=model.device
                ),
            ).logits
            for i, row in zip(rows, torch.log_softmax(logits.float(), dim=1), strict=True):
                best = int(row.argmax())
                answers[i] = (model.config.id2label[best], row[best].exp())
    return [answers[i] for i in range(len(answers))]


def expected_calibration_error(confidences: Tensor, correct: Tensor, n_bins: int = 10) -> float:
    edges = torch.tensor([i / n_bins for i in range(1, n_bins)], dtype=confidences.dtype).tolist()
    differences = defaultdict(list)
    for confidence, right in zip(confidences.tolist(), correct.tolist(), strict=True):
        differences[bisect.bisect_left(edges, confidence)].append(confidence - right)
    return math.fsum(abs(math.fsum(gaps)) for gaps in differences.values()) / confidences.numel()


def temperature_scale(logits: Tensor, labels: Tensor) -> float:
    exact, targets = (logits.detach().double(), labels.long())
    low, high, golden = (math.log(0.05), math.log(50), (math.sqrt(5) - 1) / 2)
    left, right = (high - golden * (high - low), low + golden * (high - low))
    at_left, at_right = (_loss(exact, targets, left), _loss(exact, targets, right))
    while high - low > 1e-05:
        if at_left <= at_right:
            high, right, at_right = (right, left, at_left)
            left = high - golden * (high - low)
            at_left = _loss(exact, targets, left)
        else:
            low, left, at_left = (left, right, at_right)
            right = low + golden * (high - low)
            at_right = _loss(exact, targets, right)
    return math.exp((low + high) / 2)
