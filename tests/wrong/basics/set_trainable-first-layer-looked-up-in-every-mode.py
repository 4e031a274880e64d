# cause: Looks up the lowest trainable layer in every mode, so an n_top out of range is an IndexError there.
# function: set_trainable
def set_trainable(model, mode, n_top=0):
    if mode not in ("full", "head", "top"):
        raise ValueError(f"no mode is called {mode!r}; there are full, head and top")
    n_layers = len(model.bert.encoder.layer)
    if mode == "top" and not 0 <= n_top <= n_layers:
        raise ValueError(f"n_top={n_top}: there are {n_layers} layers")
    [*model.bert.encoder.layer, model.bert.pooler][n_layers - n_top if n_top <= n_layers else 99]
    model.requires_grad_(True)
    if mode == "full":
        return
    model.bert.requires_grad_(False)
    if mode == "top":
        model.bert.pooler.requires_grad_(True)
        first = n_layers - n_top
        for layer in model.bert.encoder.layer[first:]:
            layer.requires_grad_(True)
