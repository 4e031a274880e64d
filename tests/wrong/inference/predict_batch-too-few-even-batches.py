# cause: the number of batches is rounded down before the texts are shared out evenly, so that batches hold more than batch_size texts
# function: predict_batch
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch


@torch.no_grad()
def predict_batch(
    texts: Sequence[str], model: Any, tokenizer: Any, batch_size: int = 32, max_length: int = 128
) -> list[tuple[str, float]]:
    model.eval()
    answers: list[tuple[str, float]] = []
    n_batches = max(1, len(texts) // batch_size)
    for places in np.array_split(np.arange(len(texts)), n_batches):
        if len(places) == 0:
            continue
        batch = tokenizer(
            [texts[i] for i in places], padding=True, truncation=True, max_length=max_length, return_tensors="pt"
        ).to(model.device)
        confidences, best = model(**batch).logits.softmax(dim=-1).max(dim=-1)
        labels = [model.config.id2label[i] for i in best.tolist()]
        answers.extend(zip(labels, confidences.tolist(), strict=True))
    return answers
