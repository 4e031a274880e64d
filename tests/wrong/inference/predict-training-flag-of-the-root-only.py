# cause: sets model.training = False, a flag of the outermost module only: the dropout layers inside keep their own and stay random
# function: predict
from typing import Any

import torch


def predict(text: str, model: Any, tokenizer: Any, max_length: int = 128) -> tuple[str, float]:
    model.training = False
    inputs = tokenizer(text, truncation=True, max_length=max_length, return_tensors="pt").to(model.device)
    with torch.no_grad():
        probabilities = model(**inputs).logits[0].softmax(dim=-1)
    confidence, best = probabilities.max(dim=-1)
    return model.config.id2label[best.item()], confidence.item()
