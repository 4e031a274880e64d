# cause: takes max_length for the tokens of the text alone and adds the two special tokens on top of it
# function: predict
from typing import Any

import torch


def predict(text: str, model: Any, tokenizer: Any, max_length: int = 128) -> tuple[str, float]:
    model.eval()
    limit = max_length + tokenizer.num_special_tokens_to_add()
    encoded = tokenizer(text, truncation=True, max_length=limit, return_tensors="pt").to(model.device)
    with torch.no_grad():
        logits = model(**encoded).logits
    confidence, index = logits.softmax(dim=-1)[0].max(dim=-1)
    return model.config.id2label[index.item()], confidence.item()
