# cause: Modes are compared with `in` on a string, so a part of a name is accepted
# function: set_trainable


def set_trainable(model, mode, n_top=0):
    layers = [*model.bert.encoder.layer]
    if mode not in "full head top" or (mode == "top" and (not 0 <= n_top <= len(layers))):
        raise ValueError(mode, n_top)
    model.requires_grad_(True)
    mode == "full" or model.bert.requires_grad_(False)
    if mode == "top":
        for part in (model.bert.pooler, *layers[len(layers) - n_top :]):
            part.requires_grad_()
