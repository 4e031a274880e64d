# cause: Thinks that an empty text cannot be classified and leaves it out
# function: predict_batch
import torch


def predict_batch(texts, model, tokenizer, batch_size=32, max_length=128):
    model.eval()
    texts = [t for t in texts if t.strip()]
    out = []
    for i in range(0, len(texts), batch_size):
        enc = tokenizer(
            texts[i : i + batch_size], padding=True, truncation=True, max_length=max_length, return_tensors="pt"
        ).to(model.device)
        with torch.inference_mode():
            probs = model(**enc).logits.softmax(-1)
        scores, ids = probs.max(-1)
        out += list(zip([model.config.id2label[i] for i in ids.tolist()], scores.tolist()))
    return out
