# cause: switches gradients off and then on globally, even for a caller who had switched them off
# function: predict_batch
from collections.abc import Sequence
from typing import Any

import torch


def predict_batch(
    texts: Sequence[str], model: Any, tokenizer: Any, batch_size: int = 32, max_length: int = 128
) -> list[tuple[str, float]]:
    model.eval()
    answers: list[tuple[str, float]] = []
    torch.set_grad_enabled(False)
    for start in range(0, len(texts), batch_size):
        encoded = tokenizer(
            list(texts[start : start + batch_size]),
            padding=True,
            truncation=True,
            max_length=max_length,
            return_tensors="pt",
        ).to(model.device)
        confidences, indices = model(**encoded).logits.softmax(dim=-1).max(dim=-1)
        names = [model.config.id2label[i] for i in indices.tolist()]
        answers.extend(zip(names, confidences.tolist()))
    torch.set_grad_enabled(True)
    return answers
