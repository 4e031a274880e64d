# cause: fast.ai's convention: freezing a part leaves its normalisation layers trainable (train_bn=True)
# function: set_trainable
from torch import nn


def set_trainable(model: nn.Module, mode: str, n_top: int = 0) -> None:
    """Freeze and unfreeze, part by part."""
    layers = model.bert.encoder.layer
    if mode not in ("full", "head", "top"):
        raise ValueError(f"no such mode: {mode!r}")
    if mode == "top" and not 0 <= n_top <= len(layers):
        raise ValueError(f"the model has {len(layers)} layers, not {n_top}")

    def freeze(module: nn.Module) -> None:
        for part in module.modules():
            is_norm = isinstance(part, (nn.LayerNorm, nn.BatchNorm1d))
            for parameter in part.parameters(recurse=False):
                parameter.requires_grad_(is_norm)

    for parameter in model.parameters():
        parameter.requires_grad_(True)
    if mode == "head":
        freeze(model.bert)
    elif mode == "top":
        freeze(model.bert.embeddings)
        for layer in layers[: len(layers) - n_top]:
            freeze(layer)
