# cause: requires_grad is set as an attribute of the modules, which does nothing to their parameters.
# function: set_trainable
def set_trainable(model, mode, n_top=0):
    if mode not in ("full", "head", "top"):
        raise ValueError(f"unknown mode {mode}")
    for p in model.parameters():
        p.requires_grad = True
    if mode == "full":
        return
    model.bert.requires_grad = False
    if mode == "top":
        model.bert.pooler.requires_grad = True
        n = len(model.bert.encoder.layer)
        for layer in model.bert.encoder.layer[n - n_top :]:
            layer.requires_grad = True
