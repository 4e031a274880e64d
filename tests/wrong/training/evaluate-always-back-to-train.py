# cause: Always calls model.train() at the end, also when the model came in evaluation mode
# function: evaluate
import torch


def evaluate(model, loader):
    model.eval()
    total_loss = 0.0
    all_preds = []
    all_labels = []
    with torch.no_grad():
        for batch in loader:
            outputs = model(**batch)
            total_loss += outputs.loss.item() * batch["labels"].size(0)
            all_preds.extend(torch.argmax(outputs.logits, dim=1).cpu().tolist())
            all_labels.extend(batch["labels"].cpu().tolist())
    model.train()
    correct = sum(int(p == t) for p, t in zip(all_preds, all_labels))
    return {
        "loss": total_loss / len(all_labels),
        "accuracy": correct / len(all_labels),
        "predictions": all_preds,
        "labels": all_labels,
    }
