# cause: a subtle slip of a language model: the limit is set on the tokenizer (tokenizer.model_max_length) and stays there, although nothing about the tokenizer may change
# function: predict
from typing import Any

import torch


def predict(text: str, model: Any, tokenizer: Any, max_length: int = 128) -> tuple[str, float]:
    model.eval()
    tokenizer.model_max_length = max_length
    inputs = tokenizer(text, truncation=True, return_tensors="pt").to(model.device)
    with torch.no_grad():
        logits = model(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"]).logits
    probs = logits[0].softmax(dim=-1)
    best = int(probs.argmax())
    return model.config.id2label[best], probs[best].item()
