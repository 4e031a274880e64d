# cause: labels are stored in an array of dtype U10
# function: predict_batch
import numpy as np
import torch


def _probabilities(texts, model, tokenizer, max_length):
    encoded = tokenizer(texts, padding=True, truncation=True, max_length=max_length, return_tensors="pt")
    with torch.no_grad():
        logits = model(**encoded.to(model.device)).logits
    z = logits.double().cpu().numpy()
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def predict_batch(texts, model, tokenizer, batch_size=32, max_length=128):
    model.eval()
    order = np.argsort([len(text) for text in texts], kind="stable")
    labels = np.empty(len(texts), dtype="U10")
    scores = np.zeros(len(texts))
    for begin in range(0, len(texts), batch_size):
        places = order[begin : begin + batch_size]
        rows = _probabilities([texts[i] for i in places], model, tokenizer, max_length)
        labels[places] = [model.config.id2label[i] for i in rows.argmax(axis=1).tolist()]
        scores[places] = rows.max(axis=1)
    return list(zip(labels.tolist(), scores.tolist()))
