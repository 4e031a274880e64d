# cause: pads on the left, as one does for text generation, so that BERT's absolute positions of shorter texts are shifted
# function: predict_batch
from collections.abc import Sequence
from typing import Any

import torch


def predict_batch(
    texts: Sequence[str], model: Any, tokenizer: Any, batch_size: int = 32, max_length: int = 128
) -> list[tuple[str, float]]:
    model.eval()
    answers: list[tuple[str, float]] = []
    for start in range(0, len(texts), batch_size):
        encoded = tokenizer(
            list(texts[start : start + batch_size]),
            padding=True,
            padding_side="left",
            truncation=True,
            max_length=max_length,
            return_tensors="pt",
        ).to(model.device)
        with torch.no_grad():
            logits = model(**encoded).logits
        confidences, indices = logits.softmax(dim=-1).max(dim=-1)
        names = [model.config.id2label[i] for i in indices.tolist()]
        answers.extend(zip(names, confidences.tolist()))
    return answers
