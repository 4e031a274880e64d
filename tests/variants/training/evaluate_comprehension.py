"""evaluate in comprehensions, with the mode restored whatever happens."""

import torch


def evaluate(model, loader):
    was = model.training
    try:
        model.eval()
        with torch.no_grad():
            seen = [(model(**batch), batch["labels"]) for batch in loader]
    finally:
        model.train(was)
    predictions = [int(guess) for output, _ in seen for guess in output.logits.argmax(1)]
    labels = [label for _, batch in seen for label in batch.tolist()]
    return dict(
        loss=sum(float(output.loss) * len(batch) for output, batch in seen) / len(labels),
        accuracy=sum(a == b for a, b in zip(predictions, labels, strict=True)) / len(labels),
        predictions=predictions,
        labels=labels,
    )
