# cause: Sets requires_grad to False on all parameters to avoid a graph, and sets it to True on all of them afterwards, frozen ones included
# function: evaluate
import torch


def evaluate(model, loader):
    was = model.training
    model.eval()
    for p in model.parameters():
        p.requires_grad_(False)
    total = 0.0
    predictions, labels = [], []
    for batch in loader:
        out = model(**batch)
        total += out.loss.item() * len(batch["labels"])
        predictions.extend(out.logits.argmax(dim=-1).tolist())
        labels.extend(batch["labels"].tolist())
    for p in model.parameters():
        p.requires_grad_(True)
    model.train(was)
    right = sum(x == y for x, y in zip(predictions, labels))
    return {"loss": total / len(labels), "accuracy": right / len(labels), "predictions": predictions, "labels": labels}
