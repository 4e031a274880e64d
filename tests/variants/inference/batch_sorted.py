"""predict_batch sorts by the number of tokens, pads with tokenizer.pad, and puts the answers back in order."""

import torch


def predict_batch(texts, model, tokenizer, batch_size=32, max_length=128):
    model.eval()
    rows = [tokenizer(text, truncation=True, max_length=max_length) for text in texts]
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]["input_ids"]), reverse=True)
    answers = [None] * len(rows)
    with torch.inference_mode():
        for start in range(0, len(order), batch_size):
            places = order[start : start + batch_size]
            batch = tokenizer.pad([rows[i] for i in places], return_tensors="pt")
            probabilities = torch.nn.functional.softmax(model(**batch).logits, dim=1)
            for i, row in zip(places, probabilities, strict=True):
                index = row.argmax().item()
                answers[i] = (model.config.id2label[index], row[index].item())
    return answers
