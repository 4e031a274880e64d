# cause: optimised too early: tokenizes and pads all texts in one call and slices the result, so every batch is as long as the longest text of all
# function: predict_batch
from collections.abc import Sequence
from typing import Any

import torch


def predict_batch(
    texts: Sequence[str], model: Any, tokenizer: Any, batch_size: int = 32, max_length: int = 128
) -> list[tuple[str, float]]:
    if not texts:
        return []
    model.eval()
    inputs = tokenizer(list(texts), padding=True, truncation=True, max_length=max_length, return_tensors="pt")
    ids = inputs["input_ids"].to(model.device).split(batch_size)
    masks = inputs["attention_mask"].to(model.device).split(batch_size)
    results = []
    with torch.no_grad():
        for input_ids, attention_mask in zip(ids, masks):
            probs = model(input_ids=input_ids, attention_mask=attention_mask).logits.softmax(dim=-1)
            for confidence, best in zip(*(part.tolist() for part in probs.max(dim=-1))):
                results.append((model.config.id2label[best], confidence))
    return results
