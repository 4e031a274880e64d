# cause: Mode top with all layers trains the embeddings too
# function: set_trainable
from torch import nn


def set_trainable(model: nn.Module, mode: str, n_top: int = 0) -> None:
    n = len(model.bert.encoder.layer)
    if mode == "top" and (not 0 <= n_top <= n):
        raise ValueError(f"n_top must be in [0, {n}]")
    lowest = {"full": 0, "top": n - n_top, "head": n + 1}
    if mode not in lowest:
        raise ValueError(f"mode must be one of {set(lowest)}")

    def height(name: str) -> int:
        path = name.split(".")
        if path[0] != "bert":
            return n + 1
        if path[1] == "pooler":
            return n
        return int(path[3]) if path[1:3] == ["encoder", "layer"] else 0

    for name, parameter in model.named_parameters():
        parameter.requires_grad_(height(name) >= lowest[mode])
