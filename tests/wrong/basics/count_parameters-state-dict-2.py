# cause: Counts over state_dict(), which holds the buffers too and lists a shared tensor under each of its names.
# function: count_parameters

from torch import nn


def count_parameters(model: nn.Module) -> dict[str, int]:
    state = model.state_dict()
    total = sum(t.numel() for t in state.values())
    n_bytes = sum(t.numel() * t.element_size() for t in state.values())
    trainable = sum(p.numel() for p in model.parameters() if p.requires_grad)
    return {"total": total, "trainable": trainable, "bytes": n_bytes}
