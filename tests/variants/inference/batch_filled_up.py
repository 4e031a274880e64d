"""predict_batch fills the last batch up with its first text, and throws the surplus away."""

import torch


def predict_batch(texts, model, tokenizer, batch_size=32, max_length=128):
    model.eval()
    texts, n = list(texts), len(texts)
    answers = []
    while texts:
        part, texts = texts[:batch_size], texts[batch_size:]
        part += part[:1] * (batch_size - len(part))
        batch = (
            tokenizer.batch_encode_plus(part, padding=True, truncation=True, max_length=max_length)
            if hasattr(tokenizer, "batch_encode_plus")
            else tokenizer(part, padding=True, truncation=True, max_length=max_length)
        )
        with torch.autograd.inference_mode():
            logits = model(**{name: torch.as_tensor(value) for name, value in batch.items()}).logits
        for row in logits:
            best = row.argmax()
            answers.append((model.config.id2label[best.item()], (row[best] - row.logsumexp(0)).exp().item()))
    return answers[:n]
