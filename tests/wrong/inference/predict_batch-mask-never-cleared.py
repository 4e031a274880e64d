# cause: The reused attention mask is not cleared between batches
# function: predict_batch
from collections.abc import Sequence
from typing import Any
import torch


@torch.inference_mode()
def predict_batch(
    texts: Sequence[str], model: Any, tokenizer: Any, batch_size: int = 32, max_length: int = 128
) -> list[tuple[str, float]]:
    if not len(texts):
        return []
    model.eval()
    rows = tokenizer(list(texts), truncation=True, max_length=max_length)["input_ids"]
    # longest first: the buffers are allocated once, and every later batch is a narrower view of them
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]), reverse=True)
    shape = min(batch_size, len(rows)), len(rows[order[0]])
    ids = torch.empty(shape, dtype=torch.long)
    mask = torch.zeros(shape, dtype=torch.long)
    id2label = model.config.id2label
    answers: list = [None] * len(rows)
    for start in range(0, len(order), batch_size):
        places = order[start : start + batch_size]
        width = len(rows[places[0]])
        ids.fill_(tokenizer.pad_token_id)
        for r, i in enumerate(places):
            n = len(rows[i])
            ids[r, :n] = torch.tensor(rows[i])
            mask[r, :n] = 1
        batch = ids[: len(places), :width].to(model.device), mask[: len(places), :width].to(model.device)
        logits = model(input_ids=batch[0], attention_mask=batch[1]).logits
        confidence, best = logits.softmax(dim=-1).max(dim=-1)
        for i, p, c in zip(places, confidence.tolist(), best.tolist()):
            answers[i] = id2label[c], p
    return answers
