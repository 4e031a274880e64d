# cause: Collects the answers in a dictionary by text and returns its items, so a text that comes twice has one answer
# function: predict_batch
import torch


def predict_batch(texts, model, tokenizer, batch_size=32, max_length=128):
    model.eval()
    answers = {}
    for i in range(0, len(texts), batch_size):
        part = list(texts[i : i + batch_size])
        enc = tokenizer(part, padding=True, truncation=True, max_length=max_length, return_tensors="pt").to(
            model.device
        )
        with torch.no_grad():
            probs = model(**enc).logits.softmax(-1)
        for text, p in zip(part, probs):
            k = p.argmax().item()
            answers[text] = (model.config.id2label[k], p[k].item())
    return list(answers.values())
