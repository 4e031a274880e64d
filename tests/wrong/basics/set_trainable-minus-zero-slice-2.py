# cause: Layer[-n_top:] with n_top = 0 is the whole list, so all layers train
# function: set_trainable
def set_trainable(model, mode, n_top=0):
    layers = model.bert.encoder.layer
    if mode not in {"full", "head", "top"}:
        raise ValueError(mode)
    if mode == "top" and not 0 <= n_top <= len(layers):
        raise ValueError(n_top)
    for p in model.parameters():
        p.requires_grad = True
    if mode == "full":
        return
    for p in model.bert.parameters():
        p.requires_grad = False
    if mode == "top":
        for part in [*layers[-n_top:], model.bert.pooler]:
            if part is not None:
                for p in part.parameters():
                    p.requires_grad = True
