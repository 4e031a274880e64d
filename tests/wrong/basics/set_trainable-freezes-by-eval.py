# cause: The encoder is put into evaluation mode, which does not freeze it and was to be left alone.
# function: set_trainable
def set_trainable(model, mode, n_top=0):
    if mode not in ("full", "head", "top"):
        raise ValueError(mode)
    model.train()
    if mode == "full":
        return
    model.bert.eval()
    if mode == "top":
        model.bert.pooler.train()
        layers = model.bert.encoder.layer
        for i in range(len(layers) - n_top, len(layers)):
            layers[i].train()
