# cause: Cuts the ids by slicing the tensors to max_length instead of by the tokenizer, so [SEP] is lost
# function: predict
import torch


def predict(text, model, tokenizer, max_length=128):
    model.eval()
    enc = tokenizer(text, return_tensors="pt")
    enc = {name: t[:, :max_length].to(model.device) for name, t in enc.items()}
    with torch.no_grad():
        logits = model(**enc).logits
    probs = logits.softmax(dim=-1).squeeze(0)
    conf, i = probs.max(dim=0)
    return model.config.id2label[int(i)], float(conf)
