# cause: Averages the accuracies of the batches, which are of unequal size; and: remembers the mode only after model.eval(), so it always hands back evaluation mode
# function: evaluate
import torch


def evaluate(model, loader):
    model.eval()
    mode = model.training
    accs, preds, labels = [], [], []
    loss = 0.0
    with torch.no_grad():
        for batch in loader:
            out = model(**batch)
            guess = out.logits.argmax(-1)
            accs.append((guess == batch["labels"]).float().mean().item())
            loss += out.loss.item() * guess.numel()
            preds += guess.tolist()
            labels += batch["labels"].tolist()
    model.train(mode)
    return {
        "loss": loss / len(labels),
        "accuracy": sum(accs) / len(accs),
        "predictions": preds,
        "labels": labels,
    }
