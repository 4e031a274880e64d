# cause: In mode "top" the pooler stays frozen.
# function: set_trainable
def set_trainable(model, mode, n_top=0):
    n_layers = len(model.bert.encoder.layer)
    if mode == "full":
        decide = lambda name: True
    elif mode == "head":
        decide = lambda name: not name.startswith("bert.")
    elif mode == "top":
        tops = tuple(f"bert.encoder.layer.{i}." for i in range(n_layers - n_top, n_layers))
        decide = lambda name: not name.startswith("bert.") or name.startswith(tops)
    else:
        raise ValueError(f"no mode {mode!r}")
    for name, param in model.named_parameters():
        param.requires_grad = decide(name)
