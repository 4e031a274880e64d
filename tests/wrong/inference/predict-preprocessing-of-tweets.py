# cause: Removes @names, replaces &amp; and squeezes white space before tokenization
# function: predict
import re
from typing import Any
import torch
from torch.nn import functional as F


def text_preprocessing(text):
    text = re.sub("(@.*?)[\\s]", " ", text)
    text = re.sub("&amp;", "&", text)
    text = re.sub("\\s+", " ", text).strip()
    return text


def predict(text: str, model: Any, tokenizer: Any, max_length: int = 128) -> tuple[str, float]:
    model.eval()
    inputs = tokenizer(text=text_preprocessing(text), max_length=max_length, truncation=True, return_tensors="pt").to(
        model.device
    )
    with torch.no_grad():
        logits = model(**inputs).logits
    probs = F.softmax(logits, dim=1)
    predicted_class_id = logits.argmax(dim=-1).item()
    return (model.config.id2label[predicted_class_id], probs[0][predicted_class_id].item())
