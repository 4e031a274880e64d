# cause: Biases and LayerNorms decay too: every group gets the same weight decay.
# function: llrd_groups
def llrd_groups(model, base_lr, decay, head_lr, weight_decay=0.01):
    L = len(model.bert.encoder.layer)
    bert_ids = {id(p) for p in model.bert.parameters()}
    groups = [{"params": [p for p in model.parameters() if id(p) not in bert_ids and p.requires_grad], "lr": head_lr}]
    if model.bert.pooler is not None:
        groups.append({"params": [p for p in model.bert.pooler.parameters() if p.requires_grad], "lr": base_lr})
    for i, layer in enumerate(model.bert.encoder.layer):
        groups.append(
            {"params": [p for p in layer.parameters() if p.requires_grad], "lr": base_lr * decay ** (L - i - 1)}
        )
    groups.append(
        {"params": [p for p in model.bert.embeddings.parameters() if p.requires_grad], "lr": base_lr * decay**L}
    )
    for g in groups:
        g["weight_decay"] = weight_decay
    return groups
