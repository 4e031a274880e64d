# cause: after sorting by length, the place of an answer is looked up with texts.index, which finds the first copy only: other copies get no answer
# function: predict_batch
from collections.abc import Sequence
from typing import Any

import torch


def predict_batch(
    texts: Sequence[str], model: Any, tokenizer: Any, batch_size: int = 32, max_length: int = 128
) -> list[tuple[str, float]]:
    was_training = model.training
    model.eval()
    texts = list(texts)
    answers: list[Any] = [None] * len(texts)
    by_length = sorted(texts, key=len, reverse=True)
    with torch.no_grad():
        for start in range(0, len(by_length), batch_size):
            batch = by_length[start : start + batch_size]
            inputs = tokenizer(batch, padding=True, truncation=True, max_length=max_length, return_tensors="pt")
            probabilities = model(**inputs.to(model.device)).logits.softmax(dim=-1)
            for text, row in zip(batch, probabilities, strict=True):
                best = int(row.argmax())
                answers[texts.index(text)] = (model.config.id2label[best], row[best].item())
    model.train(was_training)
    return answers
