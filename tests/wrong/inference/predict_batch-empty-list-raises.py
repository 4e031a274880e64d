# cause: The probabilities of the batches are concatenated at the end, and torch.cat raises when there are no texts and so no batches.
# function: predict_batch

import torch


def predict_batch(texts, model, tokenizer, batch_size=32, max_length=128):
    texts = list(texts)
    model.eval()
    all_probs = []
    with torch.no_grad():
        for i in range(0, len(texts), batch_size):
            inputs = tokenizer(
                texts[i : i + batch_size],
                padding="longest",
                truncation=True,
                max_length=max_length,
                return_tensors="pt",
            )
            inputs = {k: v.to(model.device) for k, v in inputs.items()}
            all_probs.append(torch.softmax(model(**inputs).logits, dim=-1))
    probs = torch.cat(all_probs)
    conf, ids = probs.max(dim=-1)
    return [(model.config.id2label[i], c) for i, c in zip(ids.tolist(), conf.tolist())]
