# cause: Takes two classes for granted and predicts 1 where the softmax of class 1 is above 0.5, so a third class is never predicted
# function: evaluate
import torch


def evaluate(model, loader):
    training = model.training
    model.eval()
    loss_sum = 0.0
    predictions: list[int] = []
    labels: list[int] = []
    try:
        with torch.no_grad():
            for batch in loader:
                output = model(**batch)
                probs = torch.softmax(output.logits, dim=-1)
                predictions += (probs[:, 1] > 0.5).int().tolist()
                labels += batch["labels"].tolist()
                loss_sum += output.loss.item() * len(batch["labels"])
    finally:
        model.train(training)
    n = len(labels)
    return {
        "loss": loss_sum / n,
        "accuracy": sum(a == b for a, b in zip(predictions, labels)) / n,
        "predictions": predictions,
        "labels": labels,
    }
