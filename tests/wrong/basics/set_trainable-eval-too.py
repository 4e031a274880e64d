# cause: Puts the frozen BERT into evaluation mode as well, though only requires_grad should change.
# function: set_trainable

from torch import nn


def set_trainable(model: nn.Module, mode: str, n_top: int = 0) -> None:
    if mode not in ("full", "head", "top"):
        raise ValueError(f"mode {mode}")
    depth = len(model.bert.encoder.layer)
    if mode == "top" and (n_top < 0 or n_top > depth):
        raise ValueError(f"n_top {n_top}")
    for p in model.parameters():
        p.requires_grad = True
    if mode == "head":
        model.bert.eval()
        for p in model.bert.parameters():
            p.requires_grad = False
    if mode == "top":
        frozen = [model.bert.embeddings] + [model.bert.encoder.layer[i] for i in range(depth - n_top)]
        for module in frozen:
            module.eval()
            for p in module.parameters():
                p.requires_grad = False
