# cause: Turns gradients off globally with set_grad_enabled(False) and never turns them on again
# function: evaluate
import torch


def evaluate(model, loader):
    mode = model.training
    model.eval()
    torch.set_grad_enabled(False)
    total, hits, n = 0.0, 0, 0
    predictions, labels = [], []
    for batch in loader:
        out = model(**batch)
        y = batch["labels"]
        p = out.logits.argmax(1)
        total += float(out.loss) * len(y)
        hits += int((p == y).sum())
        n += len(y)
        predictions += p.tolist()
        labels += y.tolist()
    model.train(mode)
    return dict(loss=total / n, accuracy=hits / n, predictions=predictions, labels=labels)
