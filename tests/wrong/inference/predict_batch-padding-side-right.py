# cause: Sets tokenizer.padding_side to right and leaves it changed
# function: predict_batch
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
import torch


@contextmanager
def _inference_context(model: Any) -> Iterator[None]:
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for module, training in modes:
            module.training = training


def _label_name(model: Any, index: int) -> str:
    names = model.config.id2label
    return names[index] if index in names else names[str(index)]


def predict_batch(
    texts: Sequence[str], model: Any, tokenizer: Any, batch_size: int = 32, max_length: int = 128
) -> list[tuple[str, float]]:
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, got {batch_size}")
    texts = list(texts)
    if not texts:
        return []

    # Absolute position embeddings require right padding; some tokenizers are configured differently.
    if getattr(tokenizer, "padding_side", "right") != "right":
        tokenizer.padding_side = "right"

    # Similar lengths together, longest first, so that memory problems show up immediately.
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]), reverse=True)
    results: list[tuple[str, float] | None] = [None] * len(texts)

    with _inference_context(model):
        for start in range(0, len(order), batch_size):
            indices = order[start : start + batch_size]
            encoded = tokenizer(
                [texts[i] for i in indices],
                padding="longest",
                truncation=True,
                max_length=max_length,
                return_tensors="pt",
            ).to(model.device)
            logits = model(**encoded).logits
            confidences, classes = torch.softmax(logits.float(), dim=-1).max(dim=-1)
            for i, confidence, index in zip(indices, confidences.tolist(), classes.tolist(), strict=True):
                results[i] = (_label_name(model, index), confidence)

    return [result for result in results if result is not None]
