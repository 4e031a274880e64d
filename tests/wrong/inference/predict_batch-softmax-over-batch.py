# cause: Softmax over dim 0, the texts of the batch, instead of over the classes
# function: predict_batch
import torch


def predict_batch(texts, model, tokenizer, batch_size=32, max_length=128):
    model.eval()
    results = []
    for start in range(0, len(texts), batch_size):
        chunk = list(texts[start : start + batch_size])
        enc = tokenizer(chunk, padding=True, truncation=True, max_length=max_length, return_tensors="pt").to(
            model.device
        )
        with torch.no_grad():
            probs = torch.softmax(model(**enc).logits, dim=0)
        conf, idx = probs.max(dim=1)
        results += [(model.config.id2label[i], c) for i, c in zip(idx.tolist(), conf.tolist())]
    return results
