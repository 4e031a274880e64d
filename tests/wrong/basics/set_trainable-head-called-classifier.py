# cause: The head is recognised by the name "classifier", so a head of another name stays frozen.
# function: set_trainable
def set_trainable(model, mode, n_top=0):
    if mode not in ("full", "head", "top"):
        raise ValueError("unknown mode: " + str(mode))
    top = len(model.bert.encoder.layer) - n_top
    for name, p in model.named_parameters():
        if mode == "full":
            p.requires_grad = True
        elif "classifier" in name:
            p.requires_grad = True
        elif mode == "top" and "pooler" in name:
            p.requires_grad = True
        elif mode == "top" and "encoder.layer." in name:
            p.requires_grad = int(name.split("encoder.layer.")[1].split(".")[0]) >= top
        else:
            p.requires_grad = False
