# cause: The head gets base_lr instead of head_lr; and frozen parameters are included.
# function: llrd_groups
def llrd_groups(model, base_lr, decay, head_lr, weight_decay=0.01):
    n = len(model.bert.encoder.layer)
    res = []
    for name, p in model.named_parameters():
        if "embeddings" in name:
            lr = base_lr * decay**n
        elif "encoder.layer" in name:
            lr = base_lr * decay ** (n - 1 - int(name.split(".")[3]))
        else:
            lr = base_lr
        res.append({"params": [p], "lr": lr, "weight_decay": weight_decay if p.dim() >= 2 else 0})
    return res
