# cause: On a CPU, batches are limited to 16 texts
# function: predict_batch
from __future__ import annotations
from collections.abc import Sequence
from typing import Any
import torch

CPU_BATCH_LIMIT: Final = 16


def _label_name(model: Any, index: int) -> str:
    names = model.config.id2label
    if index in names:
        return names[index]
    return names[str(index)]


def _classify(texts: list[str], model: Any, tokenizer: Any, max_length: int) -> list[tuple[str, float]]:
    encoded = tokenizer(texts, padding=True, truncation=True, max_length=max_length, return_tensors="pt")
    inputs = {name: value.to(model.device) for name, value in encoded.items()}
    model.eval()
    with torch.no_grad():
        logits = model(**inputs).logits
    probabilities = torch.softmax(logits.float(), dim=-1)
    confidences, indices = probabilities.max(dim=-1)
    return [
        (_label_name(model, int(index)), float(confidence))
        for confidence, index in zip(confidences.tolist(), indices.tolist(), strict=True)
    ]


def predict_batch(
    texts: Sequence[str], model: Any, tokenizer: Any, batch_size: int = 32, max_length: int = 128
) -> list[tuple[str, float]]:
    if batch_size < 1:
        raise ValueError("batch_size must be at least 1")
    if len(texts) == 0:
        return []

    if model.device.type == "cpu":
        batch_size = min(batch_size, CPU_BATCH_LIMIT)

    # Similar lengths share a batch, which keeps the padding small.
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    answers: list[tuple[str, float] | None] = [None] * len(texts)
    for start in range(0, len(order), batch_size):
        indices = order[start : start + batch_size]
        batch = _classify([texts[index] for index in indices], model, tokenizer, max_length)
        for index, answer in zip(indices, batch, strict=True):
            answers[index] = answer

    missing = [index for index, answer in enumerate(answers) if answer is None]
    if missing:
        raise RuntimeError(f"no answer for the texts {missing}")
    return [answer for answer in answers if answer is not None]
