"""set_trainable decides about each parameter by the parts of its name; its error is a kind of ValueError."""


class NoSuchChoice(ValueError):
    pass


def set_trainable(model, mode, n_top=0):
    n_layers = len(model.bert.encoder.layer)
    if mode not in {"full", "head", "top"} or (mode == "top" and n_top not in range(n_layers + 1)):
        raise NoSuchChoice(mode, n_top)
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
