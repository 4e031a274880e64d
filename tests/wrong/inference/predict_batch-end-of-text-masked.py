# cause: masks [SEP] like padding in the attention mask
# function: predict_batch

from collections.abc import Sequence
from typing import Any
import torch


def predict_batch(
    texts: Sequence[str], model: Any, tokenizer: Any, batch_size: int = 32, max_length: int = 128
) -> list[tuple[str, float]]:
    model.eval()
    answers = []
    start = 0
    while start < len(texts):
        batch = list(texts[start : start + batch_size])
        encoded = tokenizer(batch, padding=True, truncation=True, max_length=max_length, return_tensors="pt")
        input_ids = encoded["input_ids"].to(model.device)
        mask = encoded["attention_mask"].to(model.device)
        # attend to the text only
        for row in range(len(batch)):
            for position in range(input_ids.shape[1]):
                if input_ids[row, position] in (tokenizer.sep_token_id, tokenizer.pad_token_id):
                    mask[row, position] = 0
        with torch.no_grad():
            logits = model(input_ids=input_ids, attention_mask=mask).logits
        probabilities = torch.softmax(logits, dim=1)
        for row in probabilities:
            best_class = int(torch.argmax(row))
            confidence = row[best_class].item()
            answers.append((model.config.id2label[best_class], confidence))
        start = start + batch_size
    return answers
