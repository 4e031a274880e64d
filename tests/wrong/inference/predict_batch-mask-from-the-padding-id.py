# cause: rebuilds the attention mask as ids != pad_token_id, which also hides a [PAD] that stands in the text itself
# function: predict_batch
from collections.abc import Sequence
from typing import Any

import torch
from torch.nn.utils.rnn import pad_sequence


def predict_batch(
    texts: Sequence[str], model: Any, tokenizer: Any, batch_size: int = 32, max_length: int = 128
) -> list[tuple[str, float]]:
    model.eval()
    pad = tokenizer.pad_token_id
    results: list[tuple[str, float]] = []
    for start in range(0, len(texts), batch_size):
        batch = list(texts[start : start + batch_size])
        encoded = tokenizer(batch, truncation=True, max_length=max_length)["input_ids"]
        ids = pad_sequence([torch.tensor(row) for row in encoded], batch_first=True, padding_value=pad)
        ids = ids.to(model.device)
        with torch.no_grad():
            logits = model(input_ids=ids, attention_mask=(ids != pad).long()).logits
        for row in logits.softmax(dim=-1):
            best = row.argmax().item()
            results.append((model.config.id2label[best], row[best].item()))
    return results
