# cause: Cuts a long text into windows and averages their probabilities
# function: predict
import torch
from typing import Any
from torch import Tensor


def _probabilities(model: Any, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
    model.eval()
    with torch.no_grad():
        output = model(input_ids=input_ids.to(model.device), attention_mask=attention_mask.to(model.device))
    return output.logits.softmax(dim=-1).cpu()


def _named(probabilities: Tensor, model: Any) -> list[tuple[str, float]]:
    values, indices = probabilities.max(dim=-1)
    return [(model.config.id2label[i], v) for i, v in zip(indices.tolist(), values.tolist())]


def predict(text: str, model: Any, tokenizer: Any, max_length: int = 128) -> tuple[str, float]:
    # a text of any length: W windows of at most T tokens, (W, C) probabilities, (1, C) their mean
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    width = max_length - 2
    rows = []
    for start in range(0, max(len(ids), 1), width):
        window = torch.tensor([[tokenizer.cls_token_id, *ids[start : start + width], tokenizer.sep_token_id]])
        rows.append(_probabilities(model, window, torch.ones_like(window)))
    return _named(torch.cat(rows).mean(dim=0, keepdim=True), model)[0]
