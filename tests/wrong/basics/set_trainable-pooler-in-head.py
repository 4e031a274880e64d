# cause: Counts the pooler as part of the head, so mode "head" trains it as well; and: never refuses an n_top larger than the number of layers.
# function: set_trainable

from torch import nn


def set_trainable(model: nn.Module, mode: str, n_top: int = 0) -> None:
    if mode not in ("full", "head", "top"):
        raise ValueError("mode should be one of full, head, top")
    if mode == "top" and n_top < 0:
        raise ValueError("n_top should not be negative")
    n_layers = len(model.bert.encoder.layer)
    for name, p in model.named_parameters():
        if mode == "full":
            p.requires_grad = True
        elif name.startswith("bert.encoder.layer."):
            number = int(name.split(".")[3])
            p.requires_grad = mode == "top" and number >= n_layers - n_top
        else:
            p.requires_grad = not name.startswith("bert.embeddings.")
