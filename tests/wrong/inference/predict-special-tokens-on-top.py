# cause: believes that max_length counts the tokens of the text, and makes room for [CLS] and [SEP] on top of it
# function: predict
from typing import Any

import torch


def predict(text: str, model: Any, tokenizer: Any, max_length: int = 128) -> tuple[str, float]:
    model.eval()
    limit = max_length + tokenizer.num_special_tokens_to_add()
    inputs = tokenizer(text, truncation=True, max_length=limit, return_tensors="pt").to(model.device)
    with torch.inference_mode():
        logits = model(**inputs).logits
    probabilities = torch.softmax(logits, dim=-1)[0]
    best = probabilities.argmax().item()
    return model.config.id2label[best], probabilities[best].item()
