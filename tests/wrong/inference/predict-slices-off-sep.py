# cause: The encoded ids are sliced to max_length instead of letting the tokenizer truncate, so a long text loses its [SEP].
# function: predict

import torch


def predict(text, model, tokenizer, max_length=128):
    model.eval()
    enc = tokenizer(text, return_tensors="pt")
    enc = {name: value[:, :max_length].to(model.device) for name, value in enc.items()}
    with torch.no_grad():
        logits = model(**enc).logits[0]
    probs = torch.softmax(logits, dim=-1)
    best = int(probs.argmax())
    return model.config.id2label[best], probs[best].item()
