# cause: In mode "top" only the lower layers are frozen; the embeddings stay trainable.
# function: set_trainable
def set_trainable(model, mode, n_top=0):
    if mode not in ("full", "head", "top"):
        raise ValueError(f"mode {mode!r}")
    for p in model.parameters():
        p.requires_grad = True
    if mode == "head":
        for p in model.bert.parameters():
            p.requires_grad = False
    if mode == "top":
        n = len(model.bert.encoder.layer)
        for layer in model.bert.encoder.layer[: n - n_top]:
            for p in layer.parameters():
                p.requires_grad = False
