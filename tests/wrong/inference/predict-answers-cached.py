# cause: Caches answers by model, text and max_length, so further training changes nothing
# function: predict
import torch
from typing import Any


_SEEN: dict[tuple[int, str, int], tuple[str, float]] = {}


_last: Any = None


def _forward(texts, model, tokenizer, max_length):
    global _last
    batch = tokenizer(texts, padding=True, truncation=True, max_length=max_length, return_tensors="pt")
    ids, mask = batch["input_ids"].to(model.device), batch["attention_mask"].to(model.device)
    _last = model(input_ids=ids, attention_mask=mask).logits.detach()
    return _last.softmax(dim=1)


def _answer(row, model):
    best = int(row.argmax())
    return model.config.id2label[best], float(row[best])


def predict(text: str, model: Any, tokenizer: Any, max_length: int = 128) -> tuple[str, float]:
    key = (id(model), text, max_length)
    if key not in _SEEN:
        model.eval()
        with torch.no_grad():
            probabilities = _forward([text], model, tokenizer, max_length)
        _SEEN[key] = _answer(probabilities[0], model)
    return _SEEN[key]
