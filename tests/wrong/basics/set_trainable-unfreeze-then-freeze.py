# cause: The top layers and the pooler are switched on first and then frozen again with the whole encoder.
# function: set_trainable
def set_trainable(model, mode, n_top=0):
    if mode not in ("full", "head", "top"):
        raise ValueError(f"{mode} is not a mode")
    for param in model.parameters():
        param.requires_grad = True
    if mode == "top":
        n = len(model.bert.encoder.layer)
        for layer in model.bert.encoder.layer[n - n_top :]:
            for param in layer.parameters():
                param.requires_grad = True
        for param in model.bert.pooler.parameters():
            param.requires_grad = True
    if mode != "full":
        for param in model.bert.parameters():
            param.requires_grad = False
