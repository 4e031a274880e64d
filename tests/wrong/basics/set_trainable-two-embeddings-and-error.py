# cause: The embeddings stay trainable in mode "top"; and an unknown mode prints a warning instead of raising a ValueError.
# function: set_trainable
def set_trainable(model, mode, n_top=0):
    for p in model.parameters():
        p.requires_grad = True
    if mode == "head":
        for p in model.bert.parameters():
            p.requires_grad = False
    elif mode == "top":
        n = len(model.bert.encoder.layer)
        for i, layer in enumerate(model.bert.encoder.layer):
            for p in layer.parameters():
                p.requires_grad = i >= n - n_top
    elif mode != "full":
        print("unknown mode", mode)
