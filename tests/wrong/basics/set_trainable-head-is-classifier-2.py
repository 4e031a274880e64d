# cause: The head is looked up under the name classifier, so heads with other names stay frozen.
# function: set_trainable


def set_trainable(model, mode, n_top=0):
    layers = model.bert.encoder.layer
    if mode not in ("full", "head", "top"):
        raise ValueError(f"unknown mode {mode!r}")
    if mode == "top" and not 0 <= n_top <= len(layers):
        raise ValueError(f"cannot train {n_top} of {len(layers)} layers")

    for parameter in model.parameters():
        parameter.requires_grad = mode == "full"
    if mode == "full":
        return

    for name, parameter in model.named_parameters():
        if name.startswith("classifier"):
            parameter.requires_grad = True
    if mode == "top":
        if model.bert.pooler is not None:
            for parameter in model.bert.pooler.parameters():
                parameter.requires_grad = True
        for layer in layers[len(layers) - n_top :]:
            for parameter in layer.parameters():
                parameter.requires_grad = True
