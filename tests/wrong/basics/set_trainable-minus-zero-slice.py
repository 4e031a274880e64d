# cause: The top layers are taken as layer[-n_top:], which for n_top = 0 is all of them.
# function: set_trainable
def set_trainable(model, mode, n_top=0):
    if mode not in {"full", "head", "top"}:
        raise ValueError("mode must be full, head or top")
    model.requires_grad_(True)
    if mode == "full":
        return
    model.bert.requires_grad_(False)
    if mode == "top":
        for layer in model.bert.encoder.layer[-n_top:]:
            layer.requires_grad_(True)
        model.bert.pooler.requires_grad_(True)
