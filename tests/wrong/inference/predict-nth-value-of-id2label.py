# cause: looks labels up by their position among the values of id2label, whatever their keys are
# function: predict
import torch


def predict(text, model, tokenizer, max_length=128):
    model.eval()
    inputs = tokenizer(text, truncation=True, max_length=max_length, return_tensors="pt").to(model.device)
    with torch.no_grad():
        probabilities = model(**inputs).logits[0].softmax(dim=-1)
    confidence, best = probabilities.max(dim=-1)
    return list(model.config.id2label.values())[best.item()], confidence.item()
