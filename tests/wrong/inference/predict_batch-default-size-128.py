# cause: the default batch_size is 128
# function: predict_batch
import torch


def predict_batch(texts, model, tokenizer, batch_size=128, max_length=128):
    model.eval()
    results = []
    for i in range(0, len(texts), batch_size):
        chunk = list(texts[i : i + batch_size])
        inputs = tokenizer(chunk, padding=True, truncation=True, max_length=max_length, return_tensors="pt")
        with torch.no_grad():
            probabilities = model(**inputs.to(model.device)).logits.softmax(-1)
        values, indices = probabilities.max(-1)
        results += [(model.config.id2label[j], p) for j, p in zip(indices.tolist(), values.tolist())]
    return results
