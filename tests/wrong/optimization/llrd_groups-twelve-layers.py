# cause: Twelve layers are assumed, whatever the model has.
# function: llrd_groups
def llrd_groups(model, base_lr, decay, head_lr, weight_decay=0.01):
    groups = []
    for name, p in model.named_parameters():
        if not p.requires_grad:
            continue
        if name.startswith("bert.embeddings"):
            lr = base_lr * decay**12
        elif name.startswith("bert.encoder"):
            lr = base_lr * decay ** (11 - int(name.split("layer.")[1].split(".")[0]))
        elif name.startswith("bert."):
            lr = base_lr
        else:
            lr = head_lr
        groups.append({"params": [p], "lr": lr, "weight_decay": weight_decay if p.dim() > 1 else 0.0})
    return groups
