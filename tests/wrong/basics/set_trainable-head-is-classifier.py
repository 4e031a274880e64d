# cause: The head is looked for under the name "classifier"; and: n_top is checked in every mode
# function: set_trainable
def set_trainable(model, mode, n_top=0):
    n = len(model.bert.encoder.layer)
    if mode not in ("full", "head", "top") or not 0 <= n_top <= n:
        raise ValueError("no such choice")
    for name, p in model.named_parameters():
        if mode == "full":
            p.requires_grad = True
        elif name.startswith("classifier"):
            p.requires_grad = True
        elif mode == "top":
            top = tuple(f"bert.encoder.layer.{i}." for i in range(n - n_top, n)) + ("bert.pooler",)
            p.requires_grad = name.startswith(top)
        else:
            p.requires_grad = False
