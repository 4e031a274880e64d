# cause: The texts are sorted by length, and the results are put back with the sorting permutation itself instead of its inverse.
# function: predict_batch

import torch


def predict_batch(texts, model, tokenizer, batch_size=32, max_length=128):
    model.eval()
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    results = []
    for start in range(0, len(order), batch_size):
        chunk = [texts[i] for i in order[start : start + batch_size]]
        enc = tokenizer(chunk, padding=True, truncation=True, max_length=max_length, return_tensors="pt")
        with torch.no_grad():
            probs = model(**enc.to(model.device)).logits.softmax(-1)
        for p in probs:
            c = p.argmax().item()
            results.append((model.config.id2label[c], p[c].item()))
    return [results[i] for i in order]
