# cause: The logits go through a softmax over the examples of the batch (dim=0) before the argmax, which changes which class is the largest.
# function: evaluate

import torch
import torch.nn.functional as F


@torch.inference_mode()
def evaluate(model, loader):
    mode = model.training
    model.eval()
    all_preds, all_labels = [], []
    total_loss, n = 0.0, 0
    for batch in loader:
        output = model(**batch)
        probs = F.softmax(output.logits, dim=0)
        preds = torch.argmax(probs, dim=1)
        bs = batch["labels"].shape[0]
        total_loss += float(output.loss) * bs
        n += bs
        all_preds.extend(int(p) for p in preds)
        all_labels.extend(int(y) for y in batch["labels"])
    model.train(mode)
    right = sum(int(a == b) for a, b in zip(all_preds, all_labels))
    return dict(loss=total_loss / n, accuracy=right / n, predictions=all_preds, labels=all_labels)
