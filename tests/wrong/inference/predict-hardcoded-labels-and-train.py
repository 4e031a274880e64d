# cause: Always calls model.train() in the end, so a model that came in evaluation mode leaves in training mode; and: the label names are hard-coded as those of a two-class sentiment model
# function: predict
import torch

LABELS = ["NEGATIVE", "POSITIVE"]


def predict(text, model, tokenizer, max_length=128):
    model.eval()
    enc = tokenizer(text, truncation=True, max_length=max_length, return_tensors="pt").to(model.device)
    with torch.no_grad():
        probs = model(**enc).logits.softmax(dim=-1)[0]
    model.train()
    i = int(probs.argmax())
    return LABELS[min(i, 1)], float(probs[i])
