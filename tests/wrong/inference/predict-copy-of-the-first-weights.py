# cause: copies the model at its first use, to leave its mode alone, and keeps the copy
# function: predict
import copy

import torch

copies = {}


def predict(text, model, tokenizer, max_length=128):
    if model not in copies:
        copies[model] = copy.deepcopy(model).eval()
    own = copies[model]
    inputs = tokenizer(text, truncation=True, max_length=max_length, return_tensors="pt").to(own.device)
    with torch.no_grad():
        probabilities = own(**inputs).logits[0].softmax(dim=-1)
    confidence, best = probabilities.max(dim=-1)
    return own.config.id2label[best.item()], confidence.item()
