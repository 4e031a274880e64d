# cause: The freezing line compares (==) instead of assigning, so nothing is ever frozen.
# function: set_trainable
def set_trainable(model, mode, n_top=0):
    if mode not in ["full", "head", "top"]:
        raise ValueError("bad mode")
    for p in model.parameters():
        p.requires_grad = True
    if mode in ["head", "top"]:
        for p in model.bert.parameters():
            p.requires_grad == False  # noqa
    if mode == "top":
        layers = model.bert.encoder.layer
        for p in model.bert.pooler.parameters():
            p.requires_grad = True
        for layer in layers[len(layers) - n_top :]:
            for p in layer.parameters():
                p.requires_grad = True
