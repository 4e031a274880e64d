# cause: sets the limit of the tokenizer to 512, besides passing max_length
# function: predict
import torch


def predict(text, model, tokenizer, max_length=128):
    tokenizer.model_max_length = 512
    model.eval()
    inputs = tokenizer(text, truncation=True, max_length=max_length, return_tensors="pt").to(model.device)
    with torch.no_grad():
        probabilities = model(**inputs).logits[0].softmax(dim=-1)
    confidence, best = probabilities.max(dim=-1)
    return model.config.id2label[best.item()], confidence.item()
