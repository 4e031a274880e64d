# cause: Only ever freezes, so what an earlier call froze is not switched on again
# function: set_trainable
def set_trainable(model, mode, n_top=0):
    layers = list(model.bert.encoder.layer)
    if mode not in ("full", "head", "top"):
        raise ValueError(f"unknown mode {mode!r}")
    if mode == "top" and (n_top < 0 or n_top > len(layers)):
        raise ValueError("n_top")
    frozen = []
    if mode == "head":
        frozen = [model.bert]
    elif mode == "top":
        frozen = [model.bert.embeddings] + layers[: len(layers) - n_top]
    for module in frozen:
        module.requires_grad_(False)
