# cause: misreads "or return to the mode it was in" as "return to training mode": a model that came in evaluation mode leaves in training mode
# function: predict
from typing import Any

import torch


def predict(text: str, model: Any, tokenizer: Any, max_length: int = 128) -> tuple[str, float]:
    inputs = tokenizer(text, truncation=True, max_length=max_length, return_tensors="pt").to(model.device)
    model.eval()
    try:
        with torch.inference_mode():
            logits = model(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"]).logits
    finally:
        model.train()
    confidence, best = logits.softmax(dim=-1).max(dim=-1)
    return model.config.id2label[best.item()], confidence.item()
