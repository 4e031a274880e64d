"""set_trainable: set algebra on the identities of the parameters; the trainable set is computed first, then one
loop switches.
"""

from torch import nn


def set_trainable(model: nn.Module, mode: str, n_top: int = 0) -> None:
    def ids(*modules: nn.Module | None) -> set[int]:
        return {id(p) for module in modules if module is not None for p in module.parameters()}

    everything, body = ids(model), ids(model.bert)
    match mode:
        case "full":
            wanted = everything
        case "head":
            wanted = everything - body
        case "top":
            layers = list(model.bert.encoder.layer)
            if n_top not in range(len(layers) + 1):
                raise ValueError(f"{n_top} of {len(layers)} layers")
            wanted = (everything - body) | ids(model.bert.pooler, *layers[::-1][:n_top])
        case _:
            raise ValueError(f"no such mode: {mode!r}")
    for parameter in model.parameters():
        parameter.requires_grad = id(parameter) in wanted
