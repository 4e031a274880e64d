# cause: In mode "top" the lower layers are never frozen, because the lazy map() is not consumed.
# function: set_trainable
from torch import nn
from functools import partial


def set_trainable(model: nn.Module, mode: str, n_top: int = 0) -> None:
    layers = list(model.bert.encoder.layer)
    if mode not in ("full", "head", "top") or (mode == "top" and not 0 <= n_top <= len(layers)):
        raise ValueError(f"cannot train {mode!r} with n_top={n_top}")

    def switch(on: bool, module: nn.Module) -> None:
        for parameter in module.parameters():
            parameter.requires_grad_(on)

    freeze, thaw = partial(switch, False), partial(switch, True)
    thaw(model)
    if mode == "head":
        freeze(model.bert)
    elif mode == "top":
        freeze(model.bert.embeddings)
        map(freeze, layers[: len(layers) - n_top])
