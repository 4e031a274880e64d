# cause: Cleans the text (lower case, no punctuation) before tokenizing, as in bag-of-words tutorials
# function: predict
import re

import torch


def clean(text):
    text = text.lower()
    text = re.sub(r"[^a-z0-9\s]", " ", text)
    return re.sub(r"\s+", " ", text).strip()


def predict(text, model, tokenizer, max_length=128):
    model.eval()
    inputs = tokenizer(clean(text), truncation=True, max_length=max_length, return_tensors="pt").to(model.device)
    with torch.no_grad():
        probs = torch.nn.functional.softmax(model(**inputs).logits, dim=-1)
    score, idx = probs[0].max(0)
    return model.config.id2label[idx.item()], score.item()
