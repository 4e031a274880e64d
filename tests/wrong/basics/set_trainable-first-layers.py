# cause: Trains the first n_top layers (those next to the embeddings) instead of the last.
# function: set_trainable

from torch import nn


def set_trainable(model: nn.Module, mode: str, n_top: int = 0) -> None:
    n_layers = len(model.bert.encoder.layer)
    if mode == "full":
        for p in model.parameters():
            p.requires_grad = True
    elif mode == "head":
        for name, p in model.named_parameters():
            p.requires_grad = not name.startswith("bert.")
    elif mode == "top":
        if n_top < 0 or n_top > n_layers:
            raise ValueError("n_top out of range")
        for name, p in model.named_parameters():
            p.requires_grad = not name.startswith("bert.") or name.startswith("bert.pooler.")
        for i in range(n_top):
            for p in model.bert.encoder.layer[i].parameters():
                p.requires_grad = True
    else:
        raise ValueError(mode)
