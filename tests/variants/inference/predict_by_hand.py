"""predict encodes with the tokenizer's parts, and takes the softmax in plain Python; it restores the model's mode."""

import math

import torch


def predict(text, model, tokenizer, max_length=128):
    was_training = model.training
    model.eval()
    pieces = tokenizer.tokenize(text)[: max_length - 2]
    ids = tokenizer.convert_tokens_to_ids([tokenizer.cls_token, *pieces, tokenizer.sep_token])
    try:
        with torch.inference_mode():
            logits = model(torch.tensor([ids]))[0][0].tolist()
    finally:
        model.train(was_training)
    highest = max(logits)
    exponentials = [math.exp(logit - highest) for logit in logits]
    best = exponentials.index(max(exponentials))
    return [model.config.id2label[best], exponentials[best] / sum(exponentials)]
