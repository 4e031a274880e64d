# cause: passes max_length by setting tokenizer.model_max_length, and leaves the tokenizer changed
# function: predict_batch
from collections.abc import Sequence
from typing import Any

import torch


def predict_batch(
    texts: Sequence[str], model: Any, tokenizer: Any, batch_size: int = 32, max_length: int = 128
) -> list[tuple[str, float]]:
    model.eval()
    tokenizer.model_max_length = max_length
    answers: list[tuple[str, float]] = []
    for start in range(0, len(texts), batch_size):
        batch = list(texts[start : start + batch_size])
        encoded = tokenizer(batch, padding=True, truncation=True, return_tensors="pt").to(model.device)
        with torch.no_grad():
            logits = model(**encoded).logits
        confidences, indices = logits.softmax(dim=-1).max(dim=-1)
        names = [model.config.id2label[i] for i in indices.tolist()]
        answers.extend(zip(names, confidences.tolist()))
    return answers
