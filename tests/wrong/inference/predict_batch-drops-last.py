# cause: Counts the batches with floor division, so the last incomplete batch is dropped
# function: predict_batch
import torch


def predict_batch(texts, model, tokenizer, batch_size=32, max_length=128):
    model.eval()
    n_batches = len(texts) // batch_size
    results = []
    with torch.no_grad():
        for b in range(n_batches):
            batch = list(texts[b * batch_size : (b + 1) * batch_size])
            encoded = tokenizer(batch, padding=True, truncation=True, max_length=max_length, return_tensors="pt")
            encoded = {k: v.to(model.device) for k, v in encoded.items()}
            probs = torch.softmax(model(**encoded).logits, dim=-1)
            for p in probs:
                i = p.argmax().item()
                results.append((model.config.id2label[i], p[i].item()))
    return results
