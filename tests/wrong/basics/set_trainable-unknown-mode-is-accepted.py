# cause: An unknown mode is treated like "top" instead of raising a ValueError.
# function: set_trainable
def set_trainable(model, mode, n_top=0):
    for p in model.parameters():
        p.requires_grad_(True)
    if mode == "full":
        return
    for p in model.bert.parameters():
        p.requires_grad_(False)
    if mode == "head":
        return
    model.bert.pooler.requires_grad_(True)
    L = len(model.bert.encoder.layer)
    for i in range(L - n_top, L):
        model.bert.encoder.layer[i].requires_grad_(True)
