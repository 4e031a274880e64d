# cause: The head is looked for under the name "classifier", so other parts of a head are in no group.
# function: llrd_groups
def llrd_groups(model, base_lr, decay, head_lr, weight_decay=0.01):
    opt_parameters = []
    named_parameters = list(model.named_parameters())
    L = len(model.bert.encoder.layer)

    def collect(key, lr):
        for n, p in named_parameters:
            if key in n and p.requires_grad:
                wd = weight_decay if p.dim() >= 2 else 0.0
                opt_parameters.append({"params": [p], "lr": lr, "weight_decay": wd})

    collect("classifier", head_lr)
    collect("bert.pooler", base_lr)
    for layer in range(L - 1, -1, -1):
        collect(f"bert.encoder.layer.{layer}.", base_lr * decay ** (L - 1 - layer))
    collect("bert.embeddings", base_lr * decay**L)
    return opt_parameters
