# cause: The list of results is created inside the loop, so only the last batch is returned
# function: predict_batch
import torch


def predict_batch(texts, model, tokenizer, batch_size=32, max_length=128):
    model.eval()
    predictions = []
    for start in range(0, len(texts), batch_size):
        predictions = []
        batch = tokenizer(
            list(texts[start : start + batch_size]),
            truncation=True,
            padding=True,
            max_length=max_length,
            return_tensors="pt",
        ).to(model.device)
        with torch.no_grad():
            probs = torch.softmax(model(**batch).logits, dim=-1)
        for row in probs.tolist():
            top = max(row)
            predictions.append((model.config.id2label[row.index(top)], top))
    return predictions
