# cause: Computes the accuracy in float16.
# function: evaluate
import torch


def evaluate(model, loader):
    was_training = model.training
    model.eval()
    loss_sum = 0.0
    predictions = []
    labels = []
    with torch.no_grad():
        for batch in loader:
            output = model(**batch)
            loss_sum += output.loss.item() * len(batch["labels"])
            predictions += output.logits.argmax(-1).tolist()
            labels += batch["labels"].tolist()
    model.train(was_training)
    n_right = sum(guess == label for guess, label in zip(predictions, labels, strict=True))
    return {
        "loss": loss_sum / len(labels),
        "accuracy": (torch.tensor(n_right, dtype=torch.float16) / len(labels)).item(),
        "predictions": predictions,
        "labels": labels,
    }
