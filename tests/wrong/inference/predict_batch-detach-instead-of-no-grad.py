# cause: Detaches the logits instead of switching autograd off, so a graph is built in every forward pass.
# function: predict_batch
from collections.abc import Sequence
from typing import Any

import torch.nn.functional as F


def predict_batch(
    texts: Sequence[str], model: Any, tokenizer: Any, batch_size: int = 32, max_length: int = 128
) -> list[tuple[str, float]]:
    """Classify many texts, ``batch_size`` per forward pass."""
    was_training = model.training
    model.eval()  # no dropout and no gradients
    order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
    answers: list = [None] * len(texts)
    for start in range(0, len(order), batch_size):
        rows = order[start : start + batch_size]
        encoded = tokenizer(
            [texts[row] for row in rows], padding=True, truncation=True, max_length=max_length, return_tensors="pt"
        ).to(model.device)
        probabilities = F.softmax(model(**encoded).logits.detach(), dim=-1).cpu().numpy()
        for row, p in zip(rows, probabilities):
            answers[row] = (model.config.id2label[int(p.argmax())], float(p.max()))
    model.train(was_training)
    return answers
