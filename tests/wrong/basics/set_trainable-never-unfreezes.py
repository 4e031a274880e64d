# cause: Parameters are only ever frozen, never switched on again, so an earlier choice survives.
# function: set_trainable
def set_trainable(model, mode, n_top=0):
    if mode not in ("full", "head", "top"):
        raise ValueError(mode)
    bert = model.bert
    if mode == "full":
        for p in model.parameters():
            p.requires_grad = True
    if mode == "head":
        for p in bert.parameters():
            p.requires_grad = False
    if mode == "top":
        for p in bert.embeddings.parameters():
            p.requires_grad = False
        for layer in bert.encoder.layer[: len(bert.encoder.layer) - n_top]:
            for p in layer.parameters():
                p.requires_grad = False
