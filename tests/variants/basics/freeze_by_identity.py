"""set_trainable collects the parameters that shall move in a set and looks each one up; it returns the model."""


def set_trainable(model, mode, n_top=0):
    body, layers = model.bert, list(model.bert.encoder.layer)
    if mode not in "full head top".split() or (mode == "top" and not 0 <= n_top <= len(layers)):
        raise ValueError(mode, n_top)
    chosen = {
        "full": lambda: [body],
        "head": lambda: [],
        "top": lambda: [body.pooler, *reversed(list(reversed(layers))[:n_top])],
    }[mode]()
    inside = {id(parameter) for parameter in body.parameters()}
    moving = {id(parameter) for part in chosen for parameter in part.parameters()}
    for parameter in model.parameters():
        parameter.requires_grad_(id(parameter) not in inside or id(parameter) in moving)
    return model
