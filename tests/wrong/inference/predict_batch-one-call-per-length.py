# cause: only texts of equal length share a batch, so that nothing is padded, but the model is called at least once per length instead of ceil(B / batch_size) times
# function: predict_batch
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import torch


def predict_batch(
    texts: Sequence[str], model: Any, tokenizer: Any, batch_size: int = 32, max_length: int = 128
) -> list[tuple[str, float]]:
    if not texts:
        return []
    model.eval()
    ids = tokenizer(list(texts), truncation=True, max_length=max_length)["input_ids"]
    by_length = defaultdict(list)
    for place, row in enumerate(ids):
        by_length[len(row)].append(place)
    answers: list[Any] = [None] * len(texts)
    with torch.inference_mode():
        for places in by_length.values():
            for start in range(0, len(places), batch_size):
                batch = places[start : start + batch_size]
                input_ids = torch.tensor([ids[i] for i in batch], device=model.device)
                logits = model(input_ids=input_ids, attention_mask=torch.ones_like(input_ids)).logits
                confidences, best = logits.softmax(-1).max(-1)
                for i, c, b in zip(batch, confidences.tolist(), best.tolist(), strict=True):
                    answers[i] = (model.config.id2label[b], c)
    return answers
