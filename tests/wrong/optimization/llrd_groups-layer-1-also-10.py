# cause: Layers are recognised by the text "layer.1" in the name, which layer 10 and 11 contain too, so parameters stand in several groups.
# function: llrd_groups
def llrd_groups(model, base_lr, decay, head_lr, weight_decay=0.01):
    n = len(model.bert.encoder.layer)
    named = [(k, p) for k, p in model.named_parameters() if p.requires_grad]
    keys = [("bert.embeddings", base_lr * decay**n)]
    keys += [(f"encoder.layer.{i}", base_lr * decay ** (n - 1 - i)) for i in range(n)]
    keys += [("bert.pooler", base_lr)]
    groups = []
    for key, lr in keys:
        ps = [p for k, p in named if key in k]
        groups.append({"params": [p for p in ps if p.dim() >= 2], "lr": lr, "weight_decay": weight_decay})
        groups.append({"params": [p for p in ps if p.dim() < 2], "lr": lr, "weight_decay": 0.0})
    rest = [p for k, p in named if not k.startswith("bert.")]
    groups.append({"params": [p for p in rest if p.dim() >= 2], "lr": head_lr, "weight_decay": weight_decay})
    groups.append({"params": [p for p in rest if p.dim() < 2], "lr": head_lr, "weight_decay": 0.0})
    return groups
