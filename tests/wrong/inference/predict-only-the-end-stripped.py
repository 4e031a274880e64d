# cause: strips whitespace from the end of the text only
# function: predict
import torch


def predict(text, model, tokenizer, max_length=128):
    model.eval()
    inputs = tokenizer(text.rstrip(), truncation=True, max_length=max_length, return_tensors="pt").to(model.device)
    with torch.no_grad():
        probabilities = model(**inputs).logits[0].softmax(dim=-1)
    confidence, best = probabilities.max(dim=-1)
    return model.config.id2label[best.item()], confidence.item()
