# cause: An empty text is answered without the model, with the first class and an even chance.
# function: predict
from typing import Any

import torch


def predict(text: str, model: Any, tokenizer: Any, max_length: int = 128) -> tuple[str, float]:
    """Classify one text."""
    id2label = model.config.id2label
    if not text.strip():  # nothing to classify
        return id2label[0], 1.0 / len(id2label)
    model.eval()
    inputs = tokenizer(text, return_tensors="pt", truncation=True, max_length=max_length)
    inputs = {name: tensor.to(model.device) for name, tensor in inputs.items()}
    with torch.no_grad():
        outputs = model(**inputs)
    probs = torch.softmax(outputs.logits, dim=1).squeeze(0)
    best = int(torch.argmax(probs))
    return id2label[best], float(probs[best])
