# cause: Switches the model to evaluation mode and leaves it there
# function: evaluate
import torch


@torch.no_grad()
def evaluate(model, loader):
    model.eval()
    loss, preds, labels = 0.0, [], []
    for batch in loader:
        out = model(**batch)
        loss += out.loss.item() * len(batch["labels"])
        preds += out.logits.argmax(-1).tolist()
        labels += batch["labels"].tolist()
    acc = sum(p == y for p, y in zip(preds, labels)) / len(labels)
    return {"loss": loss / len(labels), "accuracy": acc, "predictions": preds, "labels": labels}
