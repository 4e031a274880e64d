# cause: Copies the padding setup for decoders: tokenizer.padding_side becomes "left", which changes the tokenizer and the positions of the words.
# function: predict_batch
from collections.abc import Sequence
from typing import Any

import torch


def predict_batch(
    texts: Sequence[str], model: Any, tokenizer: Any, batch_size: int = 32, max_length: int = 128
) -> list[tuple[str, float]]:
    """Classify many texts, ``batch_size`` per forward pass."""
    tokenizer.padding_side = "left"
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    model.eval()
    results: list[tuple[str, float]] = []
    for start in range(0, len(texts), batch_size):
        batch = list(texts[start : start + batch_size])
        inputs = tokenizer(batch, padding=True, truncation=True, max_length=max_length, return_tensors="pt")
        with torch.no_grad():
            logits = model(**inputs.to(model.device)).logits
        confidences, classes = torch.softmax(logits, dim=-1).max(dim=-1)
        for confidence, index in zip(confidences.tolist(), classes.tolist()):
            results.append((model.config.id2label[index], confidence))
    return results
