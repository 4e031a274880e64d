# cause: When as many layers are asked for as there are, the embeddings are trained too, as if that were the full model.
# function: set_trainable

from torch import nn


def set_trainable(model: nn.Module, mode: str, n_top: int = 0) -> None:
    total = len(model.bert.encoder.layer)
    if mode == "full":
        for p in model.parameters():
            p.requires_grad = True
    elif mode == "head":
        for name, p in model.named_parameters():
            p.requires_grad = not name.startswith("bert.")
    elif mode == "top":
        if n_top < 0 or n_top > total:
            raise ValueError("n_top")
        for name, p in model.named_parameters():
            if name.startswith("bert.encoder.layer."):
                p.requires_grad = int(name.split(".")[3]) >= total - n_top
            elif name.startswith("bert.embeddings."):
                p.requires_grad = n_top == total
            else:
                p.requires_grad = True
    else:
        raise ValueError(mode)
