# cause: The first n_top layers are trained, those next to the embeddings, instead of the last ones.
# function: set_trainable
def set_trainable(model, mode, n_top=0):
    if mode == "full":
        model.requires_grad_(True)
    elif mode in ("head", "top"):
        model.requires_grad_(True)
        model.bert.requires_grad_(False)
        if mode == "top":
            model.bert.pooler.requires_grad_(True)
            for layer in model.bert.encoder.layer[:n_top]:
                layer.requires_grad_(True)
    else:
        raise ValueError(f"unknown mode {mode}")
