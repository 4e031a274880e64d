# cause: Only the single layer at index -n_top is trained instead of the n_top last ones.
# function: set_trainable
def set_trainable(model, mode, n_top=0):
    if mode not in ("full", "head", "top"):
        raise ValueError("mode")
    model.requires_grad_(True)
    if mode == "full":
        return
    model.bert.requires_grad_(False)
    if mode == "top":
        model.bert.pooler.requires_grad_(True)
        if n_top > 0:
            model.bert.encoder.layer[-n_top].requires_grad_(True)
