# cause: passes max_length on by overwriting tokenizer.model_max_length, so that the tokenizer is another one afterwards
# function: predict
from typing import Any

import torch


@torch.no_grad()
def predict(text: str, model: Any, tokenizer: Any, max_length: int = 128) -> tuple[str, float]:
    model.eval()
    tokenizer.model_max_length = max_length
    inputs = tokenizer(text, truncation=True, return_tensors="pt").to(model.device)
    probabilities = model(**inputs).logits.softmax(dim=-1).squeeze(0)
    best = int(probabilities.argmax())
    return model.config.id2label[best], float(probabilities[best])
