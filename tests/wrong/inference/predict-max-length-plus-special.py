# cause: Thinks that max_length counts the words only and adds two for [CLS] and [SEP]
# function: predict
import torch


@torch.inference_mode()
def predict(text, model, tokenizer, max_length=128):
    model.eval()
    enc = tokenizer(text, truncation=True, max_length=max_length + 2, return_tensors="pt").to(model.device)
    probs = model(**enc).logits[0].softmax(0)
    best = probs.argmax().item()
    return model.config.id2label[best], probs[best].item()
