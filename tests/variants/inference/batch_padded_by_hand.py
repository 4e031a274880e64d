"""predict_batch pads with zeros by hand, since what the mask hides does not matter; balanced batches; a generator."""

import math

import torch


def predict_batch(texts, model, tokenizer, batch_size=32, max_length=128):
    texts = list(texts)
    model.eval()
    n_batches = math.ceil(len(texts) / batch_size)
    for number in range(n_batches):
        part = texts[len(texts) * number // n_batches : len(texts) * (number + 1) // n_batches]
        rows = [tokenizer.encode(text, truncation=True, max_length=max_length) for text in part]
        width = max(map(len, rows))
        ids = torch.tensor([row + [0] * (width - len(row)) for row in rows])
        mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows])
        with torch.no_grad():
            logits = model(ids, mask).logits
        log_probabilities = logits - logits.logsumexp(dim=1, keepdim=True)
        for row in log_probabilities:
            best = max(range(len(row)), key=row.__getitem__)
            yield model.config.id2label[best], row[best].exp()
