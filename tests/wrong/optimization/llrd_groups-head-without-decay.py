# cause: The head gets no weight decay at all, its matrices included.
# function: llrd_groups
def llrd_groups(model, base_lr, decay, head_lr, weight_decay=0.01):
    L = len(model.bert.encoder.layer)
    out = []
    for name, p in model.named_parameters():
        if not p.requires_grad:
            continue
        wd = weight_decay if p.dim() >= 2 else 0.0
        if name.startswith("bert.encoder.layer."):
            depth = L - 1 - int(name[len("bert.encoder.layer.") :].split(".")[0])
            out.append({"params": [p], "lr": base_lr * decay**depth, "weight_decay": wd})
        elif name.startswith("bert.embeddings."):
            out.append({"params": [p], "lr": base_lr * decay**L, "weight_decay": wd})
        elif name.startswith("bert."):
            out.append({"params": [p], "lr": base_lr, "weight_decay": wd})
        else:
            out.append({"params": [p], "lr": head_lr, "weight_decay": 0.0})
    return out
