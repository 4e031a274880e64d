# cause: Takes the largest logit itself for the confidence, the softmax is left out since argmax is the same
# function: predict
import torch


@torch.no_grad()
def predict(text, model, tokenizer, max_length=128):
    was_training = model.training
    model.eval()
    batch = tokenizer(text, truncation=True, max_length=max_length, return_tensors="pt").to(model.device)
    logits = model(**batch).logits.squeeze(0)
    if was_training:
        model.train()
    value, idx = torch.max(logits, dim=0)
    return model.config.id2label[int(idx)], value.item()
