# cause: Calls the model once per text inside each slice, batch_size has no influence on the forward passes
# function: predict_batch
import torch


def predict_batch(texts, model, tokenizer, batch_size=32, max_length=128):
    model.eval()
    results = []
    for start in range(0, len(texts), batch_size):
        for text in texts[start : start + batch_size]:
            enc = tokenizer(text, truncation=True, max_length=max_length, return_tensors="pt").to(model.device)
            with torch.no_grad():
                p = model(**enc).logits[0].softmax(dim=-1)
            best = p.argmax().item()
            results.append((model.config.id2label[best], p[best].item()))
    return results
