# cause: Mode "full" does nothing, so what an earlier call froze stays frozen.
# function: set_trainable
def set_trainable(model, mode, n_top=0):
    if mode == "full":
        pass
    elif mode == "head":
        for name, p in model.named_parameters():
            p.requires_grad = not name.startswith("bert.")
    elif mode == "top":
        for name, p in model.named_parameters():
            p.requires_grad = not name.startswith("bert.")
        for p in model.bert.pooler.parameters():
            p.requires_grad = True
        layers = list(model.bert.encoder.layer)
        for layer in layers[len(layers) - n_top :]:
            for p in layer.parameters():
                p.requires_grad = True
    else:
        raise ValueError(mode)
