# cause: The cache of encoded texts has no tokenizer in its key
# function: predict
from typing import Any
import torch
from torch import Tensor


_ENCODED: dict[tuple[str, int], dict[str, Tensor]] = {}


def _encode(text: str, tokenizer: Any, max_length: int) -> dict[str, Tensor]:
    key = text, max_length
    if key not in _ENCODED:
        if len(_ENCODED) > 10_000:
            _ENCODED.clear()
        _ENCODED[key] = dict(tokenizer(text, truncation=True, max_length=max_length, return_tensors="pt"))
    return _ENCODED[key]


@torch.inference_mode()
def predict(text: str, model: Any, tokenizer: Any, max_length: int = 128) -> tuple[str, float]:
    if model.training:
        model.eval()
    device = model.device
    encoded = {name: ids.to(device, non_blocking=True) for name, ids in _encode(text, tokenizer, max_length).items()}
    logits = model(**encoded).logits[0]
    # the largest probability is exp(0) / sum(exp(z - max)): no need for the others
    best = logits.argmax()
    confidence = (logits - logits[best]).exp().sum().reciprocal()
    return model.config.id2label[best.item()], confidence.item()
