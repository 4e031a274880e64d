# cause: Long texts are cut to a quarter from the beginning and the rest from the end
# function: predict
from contextlib import contextmanager
from typing import Any
import torch


@contextmanager
def evaluating(model: Any):
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        with torch.no_grad():
            yield model
    finally:
        for module, mode in modes:
            module.training = mode


def predict(text: str, model: Any, tokenizer: Any, max_length: int = 128) -> tuple[str, float]:
    ids = tokenizer(text)["input_ids"]
    if len(ids) > max_length:
        # head + tail (Sun et al., section 5.3.1): a quarter from the beginning, the rest from the end
        room = max_length - 2
        head = room // 4
        first, *inner, last = ids
        ids = [first, *inner[:head], *inner[len(inner) - (room - head) :], last]
    input_ids = torch.tensor([ids], device=model.device)
    with evaluating(model):
        logits = model(input_ids=input_ids, attention_mask=torch.ones_like(input_ids)).logits
    p_hat, y_hat = logits.softmax(dim=-1).squeeze(0).max(dim=-1)
    return model.config.id2label[y_hat.item()], p_hat.item()
