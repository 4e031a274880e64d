# cause: Texts that are too long keep their head and tail (Sun et al. 2019) instead of being truncated by the tokenizer.
# function: predict

from typing import Any
import torch

HEAD_SHARE = 0.25


def _features(text, tokenizer, max_length):
    encoded = tokenizer(text, truncation=True, max_length=max_length, return_tensors="pt")
    tokens = tokenizer.tokenize(text)
    num_special = tokenizer.num_special_tokens_to_add()
    if len(tokens) + num_special > max_length:
        room = max(max_length - num_special, 0)
        head = round(HEAD_SHARE * room)
        tail = room - head
        kept = tokens[:head] + tokens[len(tokens) - tail :]
        ids = tokenizer.convert_tokens_to_ids(kept)
        encoded["input_ids"] = torch.tensor([[tokenizer.cls_token_id, *ids, tokenizer.sep_token_id]])
    return encoded


def predict(text: str, model: Any, tokenizer: Any, max_length: int = 128) -> tuple[str, float]:
    """Sun et al., How to Fine-Tune BERT for Text Classification?"""
    model.eval()
    encoded = _features(text, tokenizer, max_length).to(model.device)
    with torch.no_grad():
        logits = model(**encoded).logits
    probabilities = torch.softmax(logits.float(), dim=-1)[0]
    best = int(torch.argmax(probabilities))
    return model.config.id2label[best], float(probabilities[best])
