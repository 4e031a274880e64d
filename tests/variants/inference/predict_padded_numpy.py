"""predict pads to max_length as the chapter does, with the mask; numpy softmax; every mode is put back as it was."""

import numpy as np
import torch


def predict(text, model, tokenizer, max_length=128):
    modes = {module: module.training for module in model.modules()}
    for module in modes:
        module.training = False
    encoding = tokenizer(text, max_length=max_length, padding="max_length", truncation=True, return_tensors="pt")
    device = next(model.parameters()).device
    with torch.no_grad():
        outputs = model(
            input_ids=encoding["input_ids"].to(device), attention_mask=encoding["attention_mask"].to(device)
        )
    for module, training in modes.items():
        module.training = training
    logits = outputs.logits.squeeze(0).numpy()
    exponentials = np.exp(logits - logits.max())
    probabilities = exponentials / exponentials.sum()
    best = int(np.argmax(probabilities))
    return model.config.id2label[best], np.float32(probabilities[best])
