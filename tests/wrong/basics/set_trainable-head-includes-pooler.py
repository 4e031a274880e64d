# cause: In mode "head" the pooler is trained as well.
# function: set_trainable
def set_trainable(model, mode, n_top=0):
    if mode == "full":
        for p in model.parameters():
            p.requires_grad = True
        return
    if mode not in ("head", "top"):
        raise ValueError("mode should be one of full, head, top")
    frozen_below = len(model.bert.encoder.layer) - (n_top if mode == "top" else 0)
    for p in model.parameters():
        p.requires_grad = True
    for p in model.bert.embeddings.parameters():
        p.requires_grad = False
    for i, layer in enumerate(model.bert.encoder.layer):
        for p in layer.parameters():
            p.requires_grad = i >= frozen_below
