"""set_trainable asks the configuration for the number of layers and works on named modules, the most general first."""


def set_trainable(model, mode, n_top=0):
    if mode not in ["full", "head", "top"]:
        raise ValueError("full, head or top, please")
    n = model.config.num_hidden_layers
    if mode == "top" and (n_top > n or n_top < 0):
        raise ValueError(f"{n_top} of {n} layers")
    top = [f"bert.encoder.layer.{n - 1 - place}" for place in range(n_top)] + ["bert.pooler"]
    model.requires_grad_()
    for name, module in model.named_modules():
        if mode != "full" and (name == "bert" or name.startswith("bert.")):
            chosen = mode == "top" and any(name == part or name.startswith(part + ".") for part in top)
            module.requires_grad_(chosen)
