# cause: avoids the graph by freezing the parameters, which stay frozen: the next training step of the caller has no gradients
# function: predict
from typing import Any


def predict(text: str, model: Any, tokenizer: Any, max_length: int = 128) -> tuple[str, float]:
    model = model.eval().requires_grad_(False)
    inputs = tokenizer([text], truncation=True, max_length=max_length, return_tensors="pt").to(model.device)
    probabilities = model(**inputs).logits.softmax(-1)
    confidence, index = probabilities.max(-1)
    return model.config.id2label[index.item()], confidence.item()
