# cause: takes the softmax over the batch axis, so every probability is 1
# function: predict
import torch


def predict(text, model, tokenizer, max_length=128):
    model.eval()
    inputs = tokenizer(text, truncation=True, max_length=max_length, return_tensors="pt").to(model.device)
    with torch.no_grad():
        probabilities = model(**inputs).logits.softmax(dim=0)
    best = probabilities.argmax().item()
    return model.config.id2label[best], probabilities[0, best].item()
