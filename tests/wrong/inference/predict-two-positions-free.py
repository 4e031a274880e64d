# cause: Truncates to at most max_position_embeddings - 2 tokens
# function: predict
from collections.abc import Iterator
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


def _effective_max_length(model: Any, max_length: int) -> int:
    limit = getattr(model.config, "max_position_embeddings", None)
    if isinstance(limit, int) and limit > 2:
        # two positions are reserved for the special tokens
        return min(max_length, limit - 2)
    return max_length


def predict(text: str, model: Any, tokenizer: Any, max_length: int = 128) -> tuple[str, float]:
    encoded = tokenizer(
        text,
        truncation=True,
        max_length=_effective_max_length(model, max_length),
        return_tensors="pt",
    )
    inputs = {name: encoded[name].to(model.device) for name in ("input_ids", "attention_mask")}

    with _inference_context(model):
        logits = model(**inputs).logits

    probabilities = torch.softmax(logits.float(), dim=-1)[0]
    confidence, index = probabilities.max(dim=-1)
    return _label_name(model, int(index)), float(confidence)
