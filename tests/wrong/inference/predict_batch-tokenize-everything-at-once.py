# cause: Tokenizes and pads all texts together before slicing, so each batch is padded to the longest text of all; and: an empty list of texts raises
# function: predict_batch
import torch


def predict_batch(texts, model, tokenizer, batch_size=32, max_length=128):
    model.eval()
    enc = tokenizer(list(texts), padding=True, truncation=True, max_length=max_length, return_tensors="pt")
    ids, mask = enc["input_ids"], enc["attention_mask"]
    logits = []
    with torch.no_grad():
        for i in range(0, len(ids), batch_size):
            out = model(
                input_ids=ids[i : i + batch_size].to(model.device),
                attention_mask=mask[i : i + batch_size].to(model.device),
            )
            logits.append(out.logits)
    probs = torch.cat(logits).softmax(dim=-1)
    conf, idx = probs.max(dim=-1)
    return [(model.config.id2label[i], c) for i, c in zip(idx.tolist(), conf.tolist())]
