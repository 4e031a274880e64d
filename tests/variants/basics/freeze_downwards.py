"""set_trainable numbers the parts of the encoder from the top and thaws down to a depth; the head comes last."""


def set_trainable(model, mode, n_top=0):
    match mode:
        case "full":
            depth = 10**6
        case "head":
            depth = 0
        case "top" if 0 <= n_top <= len(model.bert.encoder.layer):
            depth = 1 + n_top
        case _:
            raise ValueError(f"mode {mode}, {n_top} layers")
    bert = model.bert
    parts = [bert.pooler, *list(bert.encoder.layer)[::-1], bert.embeddings]
    for place, part in enumerate(parts):
        for parameter in part.parameters():
            parameter.requires_grad = place < depth
    for name, parameter in model.named_parameters():
        if not name.startswith("bert."):
            parameter.requires_grad = True
