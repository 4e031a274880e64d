# cause: Passes only input_ids to the model, so the padding of shorter texts is attended to
# function: predict_batch
import torch


@torch.no_grad()
def predict_batch(texts, model, tokenizer, batch_size=32, max_length=128):
    model.eval()
    out = []
    for i in range(0, len(texts), batch_size):
        enc = tokenizer(
            list(texts[i : i + batch_size]),
            padding="longest",
            truncation=True,
            max_length=max_length,
            return_tensors="pt",
        )
        logits = model(enc["input_ids"].to(model.device)).logits
        for row in logits.softmax(-1):
            k = int(row.argmax())
            out.append((model.config.id2label[k], float(row[k])))
    return out
