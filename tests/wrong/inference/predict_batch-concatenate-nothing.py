# cause: numpy habit: collects the probabilities and concatenates them at the end, which raises an error when there are no texts
# function: predict_batch
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch


def predict_batch(
    texts: Sequence[str], model: Any, tokenizer: Any, batch_size: int = 32, max_length: int = 128
) -> list[tuple[str, float]]:
    model.eval()
    parts = []
    with torch.no_grad():
        for start in range(0, len(texts), batch_size):
            batch = list(texts[start : start + batch_size])
            inputs = tokenizer(batch, padding=True, truncation=True, max_length=max_length, return_tensors="pt").to(
                model.device
            )
            logits = model(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"]).logits
            parts.append(logits.softmax(dim=-1).cpu().numpy())
    probs = np.concatenate(parts, axis=0)
    best = probs.argmax(axis=-1)
    return [(model.config.id2label[int(i)], float(row[i])) for i, row in zip(best, probs)]
