# cause: The number of layers is checked before the mode is looked at, so modes that do not use it raise an error too.
# function: set_trainable


def set_trainable(model, mode, n_top=0):
    bert = model.bert
    L = len(bert.encoder.layer)
    if n_top < 0 or n_top > L:
        raise ValueError("n_top must be between 0 and %d" % L)
    if mode == "full":
        model.requires_grad_(True)
    elif mode == "head":
        model.requires_grad_(True)
        bert.requires_grad_(False)
    elif mode == "top":
        model.requires_grad_(True)
        bert.embeddings.requires_grad_(False)
        for i, layer in enumerate(bert.encoder.layer):
            layer.requires_grad_(i >= L - n_top)
    else:
        raise ValueError("no such mode: %s" % mode)
