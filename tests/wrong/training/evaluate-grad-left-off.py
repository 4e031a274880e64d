# cause: Autograd is switched off globally for the measurement and never switched on again.
# function: evaluate

import torch


def evaluate(model, loader):
    was_training = model.training
    model.eval()
    torch.set_grad_enabled(False)
    loss_sum = 0.0
    predictions, labels = [], []
    for batch in loader:
        out = model(**batch)
        loss_sum += out.loss.item() * len(batch["labels"])
        predictions += out.logits.argmax(dim=-1).tolist()
        labels += batch["labels"].tolist()
    model.train(was_training)
    n = len(labels)
    return {
        "loss": loss_sum / n,
        "accuracy": sum(p == y for p, y in zip(predictions, labels)) / n,
        "predictions": predictions,
        "labels": labels,
    }
