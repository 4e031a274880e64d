# cause: All texts are tokenized and padded together before slicing, so each batch is as long as the longest text of all instead of its own.
# function: predict_batch

import torch


def predict_batch(texts, model, tokenizer, batch_size=32, max_length=128):
    if not texts:
        return []
    was_training = model.training
    model.eval()
    encoded = tokenizer(list(texts), padding=True, truncation=True, max_length=max_length, return_tensors="pt")
    out = []
    with torch.no_grad():
        for lo in range(0, len(texts), batch_size):
            piece = {k: v[lo : lo + batch_size].to(model.device) for k, v in encoded.items()}
            scores, classes = model(**piece).logits.softmax(dim=1).max(dim=1)
            for s, c in zip(scores, classes):
                out.append((model.config.id2label[c.item()], s.item()))
    model.train(was_training)
    return out
