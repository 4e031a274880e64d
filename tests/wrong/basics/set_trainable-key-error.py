# cause: An unknown mode ends in a KeyError of a look-up table instead of a ValueError.
# function: set_trainable
def set_trainable(model, mode, n_top=0):
    L = len(model.bert.encoder.layer)
    first_trained = {"full": 0, "head": L, "top": L - n_top}[mode]
    model.requires_grad_(True)
    model.bert.embeddings.requires_grad_(mode == "full")
    model.bert.pooler.requires_grad_(mode != "head")
    for i, layer in enumerate(model.bert.encoder.layer):
        layer.requires_grad_(i >= first_trained)
