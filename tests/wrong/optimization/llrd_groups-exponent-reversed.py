# cause: The exponent grows towards the head: layer i gets decay ** i, so the layers next to the embeddings learn fastest.
# function: llrd_groups
def llrd_groups(model, base_lr, decay, head_lr, weight_decay=0.01):
    L = len(model.bert.encoder.layer)

    def rate(name):
        if not name.startswith("bert."):
            return head_lr
        if name.startswith("bert.embeddings"):
            return base_lr * decay**L
        if name.startswith("bert.encoder.layer."):
            i = int(name.split(".")[3])
            return base_lr * decay**i
        return base_lr

    return [
        {"params": [p], "lr": rate(n), "weight_decay": weight_decay if p.dim() >= 2 else 0.0}
        for n, p in model.named_parameters()
        if p.requires_grad
    ]
