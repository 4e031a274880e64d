# cause: Believes that model.eval() stops gradients from being tracked, so no torch.no_grad() is used
# function: predict
import torch


def predict(text: str, model, tokenizer, max_length: int = 128) -> tuple[str, float]:
    model.eval()
    inputs = tokenizer(text, return_tensors="pt", truncation=True, max_length=max_length)
    inputs = {k: v.to(model.device) for k, v in inputs.items()}
    outputs = model(**inputs)
    probabilities = torch.softmax(outputs.logits, dim=1)
    confidence, index = probabilities.max(dim=1)
    return model.config.id2label[index.item()], confidence.item()
