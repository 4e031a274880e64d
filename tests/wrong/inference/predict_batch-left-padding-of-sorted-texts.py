# cause: Sets the padding side of the tokenizer to left and leaves it
# function: predict_batch
from collections.abc import Sequence
from typing import Any
import numpy as np
import torch


def _text_length(text):
    return len(text)


def predict_batch(
    texts: Sequence[str], model: Any, tokenizer: Any, batch_size: int = 32, max_length: int = 128
) -> list[tuple[str, float]]:
    model.eval()
    tokenizer.padding_side = "left"
    all_predictions = []
    length_sorted_idx = np.argsort([-_text_length(sen) for sen in texts])
    sentences_sorted = [texts[int(idx)] for idx in length_sorted_idx]
    for start_index in range(0, len(texts), batch_size):
        sentences_batch = sentences_sorted[start_index : start_index + batch_size]
        features = tokenizer(
            sentences_batch, padding=True, truncation="longest_first", max_length=max_length, return_tensors="pt"
        ).to(model.device)
        with torch.no_grad():
            out_features = model(**features)
            probs = torch.nn.functional.softmax(out_features.logits, dim=-1)
        scores, indices = probs.max(dim=-1)
        all_predictions.extend(
            ((model.config.id2label[index], score) for index, score in zip(indices.tolist(), scores.tolist()))
        )
    return [all_predictions[idx] for idx in np.argsort(length_sorted_idx)]
