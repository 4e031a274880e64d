# cause: An unknown mode trains everything, without an error.
# function: set_trainable
def set_trainable(model, mode, n_top=0):
    n_layers = len(model.bert.encoder.layer)
    if mode == "top" and not 0 <= n_top <= n_layers:
        raise ValueError(f"n_top={n_top}: there are {n_layers} layers")
    model.requires_grad_(True)
    if mode not in ("head", "top"):
        return
    model.bert.requires_grad_(False)
    if mode == "top":
        model.bert.pooler.requires_grad_(True)
        first = n_layers - n_top
        for layer in model.bert.encoder.layer[first:]:
            layer.requires_grad_(True)
