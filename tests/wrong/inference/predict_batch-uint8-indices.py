# cause: Stores the class indices as uint8, so with more than 256 classes the name is wrong
# function: predict_batch
from collections.abc import Sequence
from typing import Any
import torch


def predict_batch(
    texts: Sequence[str], model: Any, tokenizer: Any, batch_size: int = 32, max_length: int = 128
) -> list[tuple[str, float]]:
    n = len(texts)
    if n == 0:
        return []
    model.eval()
    names = model.config.id2label

    # tokenize once, sort by the true number of tokens, pad per batch
    enc = tokenizer(list(texts), truncation=True, max_length=max_length)
    order = torch.tensor([len(ids) for ids in enc["input_ids"]]).argsort()

    # outputs stay on the device until the end: no synchronisation inside the loop
    conf = torch.empty(n, device=model.device)
    best = torch.empty(n, device=model.device, dtype=torch.uint8)
    with torch.inference_mode():
        for part in order.split(batch_size):
            rows = part.tolist()
            batch = tokenizer.pad({k: [v[i] for i in rows] for k, v in enc.items()}, return_tensors="pt")
            top = model(**batch.to(model.device)).logits.softmax(-1).max(-1)
            at = part.to(model.device)
            conf[at] = top.values.to(conf.dtype)
            best[at] = top.indices.to(best.dtype)
    return [(names[i], c) for i, c in zip(best.tolist(), conf.tolist())]
