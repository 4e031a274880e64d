# cause: Pads to max_length and gives the model only the input_ids, so the padding is attended to
# function: predict
import torch


def predict(text, model, tokenizer, max_length=128):
    model.eval()
    ids = tokenizer.encode(text, padding="max_length", truncation=True, max_length=max_length, return_tensors="pt")
    ids = ids.to(model.device)
    with torch.no_grad():
        logits = model(ids)[0]
    probs = torch.softmax(logits, dim=1)[0]
    pred = torch.argmax(probs).item()
    return model.config.id2label[pred], probs[pred].item()
