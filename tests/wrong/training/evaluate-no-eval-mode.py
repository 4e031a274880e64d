# cause: Believes that torch.no_grad() also switches dropout off, and never calls model.eval()
# function: evaluate
import torch


@torch.no_grad()
def evaluate(model, loader):
    loss_total = 0.0
    preds, golds = [], []
    for b in loader:
        out = model(**b)
        loss_total += out.loss.item() * len(b["labels"])
        preds.append(out.logits.argmax(dim=1))
        golds.append(b["labels"])
    preds, golds = torch.cat(preds), torch.cat(golds)
    return {
        "loss": loss_total / len(golds),
        "accuracy": (preds == golds).sum().item() / len(golds),
        "predictions": preds.tolist(),
        "labels": golds.tolist(),
    }
