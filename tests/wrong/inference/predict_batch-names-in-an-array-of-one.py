# cause: The labels are collected in a numpy array of type str, which holds one character each.
# function: predict_batch
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch


def _logits(texts: list[str], model: Any, tokenizer: Any, max_length: int) -> np.ndarray:
    model.eval()
    batch = tokenizer(texts, padding=True, truncation=True, max_length=max_length, return_tensors='pt')
    with torch.inference_mode():
        z = model(**batch.to(model.device)).logits
    return z.double().cpu().numpy()


def _top(z: np.ndarray) -> np.ndarray:
    return 1.0 / np.exp(z - z.max(axis=-1, keepdims=True)).sum(axis=-1)


def predict_batch(texts: Sequence[str], model: Any, tokenizer: Any, batch_size: int=32, max_length: int=128) -> list[tuple[str, float]]:
    out = np.zeros(len(texts), dtype=[('label', 'U1'), ('confidence', 'f8')])
    order = np.argsort([len(text) for text in texts], kind='stable')
    for start in range(0, len(texts), batch_size):
        index = order[start:start + batch_size]
        z = _logits([texts[i] for i in index], model, tokenizer, max_length)
        out['label'][index] = [model.config.id2label[int(c)] for c in z.argmax(axis=1)]
        out['confidence'][index] = _top(z)
    return out.tolist()
