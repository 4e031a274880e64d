"""evaluate switches gradients and the mode of every part by hand, and looks for the largest logit in a loop."""

import numpy as np
import torch


def evaluate(model, loader):
    modes = {module: module.training for module in model.modules()}
    model.eval()
    predictions, labels, total = [], [], 0.0
    previous = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    for batch in loader:
        output = model(**batch)
        for row, label in zip(output.logits, batch["labels"], strict=True):
            predictions.append(max(range(len(row)), key=lambda i: row[i]))
            labels.append(int(label))
        total = total + output.loss * len(batch["labels"])
    torch.set_grad_enabled(previous)
    for module, mode in modes.items():
        module.training = mode
    return {
        "predictions": predictions,
        "labels": labels,
        "accuracy": np.mean(np.array(predictions) == np.array(labels)),
        "loss": total / len(labels),
    }
