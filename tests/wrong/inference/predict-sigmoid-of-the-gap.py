# cause: Takes the sigmoid of the gap between the two best logits
# function: predict
import math

import torch
from typing import Any


def energies(texts, model, tokenizer, max_length):
    model.eval()
    x = tokenizer(texts, padding=True, truncation=True, max_length=max_length, return_tensors="pt")
    with torch.no_grad():
        out = model(input_ids=x["input_ids"].to(model.device), attention_mask=x["attention_mask"].to(model.device))
    return -out.logits.double().cpu()


def predict(text: str, model: Any, tokenizer: Any, max_length: int = 128) -> tuple[str, float]:
    e = energies([text], model, tokenizer, max_length)[0]
    levels = torch.sort(e)
    gap = float(levels.values[1] - levels.values[0])
    ground = int(levels.indices[0])
    return model.config.id2label[ground], 1.0 / (1.0 + math.exp(-gap))
