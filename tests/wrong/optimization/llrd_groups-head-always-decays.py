# cause: The head is put into one group that decays as a whole, its bias too; and: the head is model.classifier, other parts outside model.bert are forgotten
# function: llrd_groups
def llrd_groups(model, base_lr, decay, head_lr, weight_decay=0.01):
    groups = [
        {
            "params": [p for p in model.classifier.parameters() if p.requires_grad],
            "lr": head_lr,
            "weight_decay": weight_decay,
        }
    ]
    layers = list(model.bert.encoder.layer)
    parts = [(model.bert.embeddings, len(layers))] + [(l, len(layers) - 1 - i) for i, l in enumerate(layers)]
    if model.bert.pooler is not None:
        parts.append((model.bert.pooler, 0))
    for part, depth in parts:
        for big in (True, False):
            ps = [p for p in part.parameters() if p.requires_grad and (p.ndim >= 2) == big]
            if ps:
                groups.append(
                    {"params": ps, "lr": base_lr * decay**depth, "weight_decay": weight_decay if big else 0.0}
                )
    return groups
