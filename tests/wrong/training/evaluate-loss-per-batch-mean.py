# cause: Divides the sum of the batch losses by the number of batches, so batches of unequal size count alike
# function: evaluate
import torch


def evaluate(model, loader):
    was_training = model.training
    model.eval()
    losses, logits, labels = [], [], []
    with torch.inference_mode():
        for batch in loader:
            out = model(**batch)
            losses.append(out.loss.item())
            logits.append(out.logits)
            labels.append(batch["labels"])
        logits, labels = torch.cat(logits), torch.cat(labels)
        pred = logits.argmax(dim=-1)
        acc = (pred == labels).float().mean().item()
    model.train(was_training)
    return {
        "loss": sum(losses) / len(losses),
        "accuracy": acc,
        "predictions": pred.tolist(),
        "labels": labels.tolist(),
    }
