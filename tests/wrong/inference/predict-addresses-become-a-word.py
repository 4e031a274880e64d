# cause: replaces every web address by the word URL
# function: predict
import re

import torch


def predict(text, model, tokenizer, max_length=128):
    model.eval()
    inputs = tokenizer(
        re.sub(r"(https?://|www\.)\S+", "URL", text), truncation=True, max_length=max_length, return_tensors="pt"
    ).to(model.device)
    with torch.no_grad():
        probabilities = model(**inputs).logits[0].softmax(dim=-1)
    confidence, best = probabilities.max(dim=-1)
    return model.config.id2label[best.item()], confidence.item()
