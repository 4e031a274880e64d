"""set_trainable decides about each parameter by the parts of its name; an unknown mode is an AssertionError."""


def set_trainable(model, mode, n_top=0):
    assert mode in {"full", "head", "top"}, mode
    n_layers = len(model.bert.encoder.layer)
    for name, parameter in model.named_parameters():
        parts = name.split(".")
        if mode == "full" or parts[0] != "bert":
            parameter.requires_grad = True
        elif mode == "head":
            parameter.requires_grad = False
        elif parts[1] == "encoder":
            parameter.requires_grad = int(parts[3]) >= n_layers - n_top
        else:
            parameter.requires_grad = parts[1] == "pooler"
