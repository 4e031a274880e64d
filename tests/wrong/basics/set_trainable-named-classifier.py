# cause: Takes model.classifier for the head, so a head with another name stays frozen.
# function: set_trainable

from torch import nn


def set_trainable(model: nn.Module, mode: str, n_top: int = 0) -> None:
    bert = model.bert
    if mode == "full":
        chosen = [model]
    elif mode == "head":
        chosen = []
    elif mode == "top":
        n = len(bert.encoder.layer)
        if not (0 <= n_top <= n):
            raise ValueError(f"n_top={n_top}, but there are {n} layers")
        chosen = [bert.pooler, *list(bert.encoder.layer)[n - n_top :]]
    else:
        raise ValueError(f"no mode {mode}")
    for p in model.parameters():
        p.requires_grad_(False)
    if hasattr(model, "classifier"):
        chosen.append(model.classifier)
    for module in chosen:
        for p in module.parameters():
            p.requires_grad_(True)
