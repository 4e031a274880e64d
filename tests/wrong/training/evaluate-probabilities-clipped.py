# cause: the loss is computed from probabilities clipped to 1e-7
# function: evaluate
import numpy as np
import torch


def evaluate(model, loader):
    modes = {module: module.training for module in model.modules()}
    model.eval()
    y_true, y_pred, losses = ([], [], [])
    with torch.no_grad():
        for features in loader:
            logits = model(**features).logits
            labels = features["labels"]
            prob = torch.softmax(logits.float(), dim=-1).clamp(1e-07, 1.0 - 1e-07)
            losses += (-torch.log(prob[torch.arange(len(labels)), labels])).tolist()
            y_pred += logits.argmax(dim=-1).tolist()
            y_true += labels.tolist()
    for module, training in modes.items():
        module.training = training
    return {
        "loss": float(np.mean(losses)),
        "accuracy": float(np.mean(np.equal(y_true, y_pred))),
        "predictions": y_pred,
        "labels": y_true,
    }
