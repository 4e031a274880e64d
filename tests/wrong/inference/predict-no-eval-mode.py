# cause: Believes that torch.no_grad() also switches dropout off, so model.eval() is not needed
# function: predict
import torch


def predict(text, model, tokenizer, max_length=128):
    enc = tokenizer(text, truncation=True, max_length=max_length, return_tensors="pt").to(model.device)
    with torch.no_grad():
        logits = model(**enc).logits
    probs = torch.softmax(logits, dim=-1)[0]
    best = int(probs.argmax())
    return model.config.id2label[best], float(probs[best])
