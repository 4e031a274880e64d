# cause: Believes that max_length does not count the special tokens, and allows for two more.
# function: predict
from typing import Any

import torch


def predict(text: str, model: Any, tokenizer: Any, max_length: int = 128) -> tuple[str, float]:
    """Classify one text."""
    special = tokenizer.num_special_tokens_to_add()
    encoded = tokenizer(text, truncation=True, max_length=max_length + special, return_tensors="pt").to(model.device)
    model.eval()
    with torch.no_grad():
        logits = model(**encoded).logits
    probability, index = logits.softmax(dim=-1)[0].max(dim=-1)
    return model.config.id2label[index.item()], probability.item()
