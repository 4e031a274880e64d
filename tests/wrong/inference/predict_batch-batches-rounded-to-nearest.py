# cause: Rounds the number of batches to the nearest
# function: predict_batch
import numpy as np
import torch
from typing import Any
from collections.abc import Sequence


def energies(texts, model, tokenizer, max_length):
    model.eval()
    x = tokenizer(texts, padding=True, truncation=True, max_length=max_length, return_tensors="pt")
    with torch.no_grad():
        out = model(input_ids=x["input_ids"].to(model.device), attention_mask=x["attention_mask"].to(model.device))
    return -out.logits.double().cpu()


def boltzmann(e, beta=1.0):
    e = e - e.min(dim=-1, keepdim=True).values
    w = torch.exp(-beta * e)
    return w / w.sum(dim=-1, keepdim=True)


def predict_batch(
    texts: Sequence[str], model: Any, tokenizer: Any, batch_size: int = 32, max_length: int = 128
) -> list[tuple[str, float]]:
    n = len(texts)
    if n == 0:
        return []
    # equal portions instead of full ones and a small rest
    portions = np.array_split(np.arange(n), max(1, round(n / batch_size)))
    out = []
    for portion in portions:
        p = boltzmann(energies([texts[i] for i in portion], model, tokenizer, max_length))
        for row in p.numpy():
            out.append((model.config.id2label[int(row.argmax())], float(row.max())))
    return out
