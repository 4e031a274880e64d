# cause: answers a blank text with the first class and even odds, instead of asking the model
# function: predict
from typing import Any

import torch


def predict(text: str, model: Any, tokenizer: Any, max_length: int = 128) -> tuple[str, float]:
    if not text.strip():
        return model.config.id2label[0], 1.0 / len(model.config.id2label)
    model.eval()
    encoded = tokenizer(text, truncation=True, max_length=max_length, return_tensors="pt").to(model.device)
    with torch.no_grad():
        logits = model(**encoded).logits
    confidence, index = logits.softmax(dim=-1)[0].max(dim=-1)
    return model.config.id2label[index.item()], confidence.item()
