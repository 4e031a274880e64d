# cause: The number of batches is len // batch_size + 1, so the model is called once too often whenever the texts fill the batches exactly.
# function: predict_batch
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch


def predict_batch(
    texts: Sequence[str], model: Any, tokenizer: Any, batch_size: int = 32, max_length: int = 128
) -> list[tuple[str, float]]:
    """Classify many texts, ``batch_size`` per forward pass."""
    if len(texts) == 0:
        return []
    model.eval()
    n_batches = len(texts) // batch_size + 1
    answers = []
    with torch.no_grad():
        for rows in np.array_split(np.arange(len(texts)), n_batches):
            if len(rows) == 0:
                continue
            batch = tokenizer(
                [texts[row] for row in rows],
                padding="longest",
                truncation=True,
                max_length=max_length,
                return_tensors="pt",
            ).to(model.device)
            probs = model(**batch).logits.softmax(-1)
            for row in probs:
                best = row.argmax().item()
                answers.append((model.config.id2label[best], row[best].item()))
    return answers
