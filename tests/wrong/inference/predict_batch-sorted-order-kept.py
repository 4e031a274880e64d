# cause: Sorts the texts by length to save padding and forgets to bring the answers back into the old order
# function: predict_batch
import torch


def predict_batch(texts, model, tokenizer, batch_size=32, max_length=128):
    model.eval()
    ordered = sorted(texts, key=len, reverse=True)
    answers = []
    for b in range(0, len(ordered), batch_size):
        enc = tokenizer(
            ordered[b : b + batch_size], padding=True, truncation=True, max_length=max_length, return_tensors="pt"
        ).to(model.device)
        with torch.no_grad():
            p = model(**enc).logits.softmax(dim=-1)
        best = p.max(dim=-1)
        for value, index in zip(best.values, best.indices):
            answers.append((model.config.id2label[index.item()], value.item()))
    return answers
