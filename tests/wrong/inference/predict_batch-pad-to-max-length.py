# cause: Padding="max_length" instead of the longest text of the batch
# function: predict_batch
import torch


def predict_batch(texts, model, tokenizer, batch_size=32, max_length=128):
    was = model.training
    model.eval()
    res = []
    for s in range(0, len(texts), batch_size):
        enc = tokenizer(
            list(texts[s : s + batch_size]),
            padding="max_length",
            truncation=True,
            max_length=max_length,
            return_tensors="pt",
        ).to(model.device)
        with torch.no_grad():
            prob = model(**enc).logits.softmax(dim=1)
        top, idx = prob.max(1)
        res.extend((model.config.id2label[j], t) for j, t in zip(idx.tolist(), top.tolist()))
    model.train(was)
    return res
