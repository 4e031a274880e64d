"""llrd_groups reads the layer out of the name with a regular expression; one group for each parameter; a tuple."""

import re


def llrd_groups(model, base_lr, decay, head_lr, weight_decay=0.01):
    n_layers = 1 + max(
        int(n) for n in re.findall(r"^bert\.encoder\.layer\.(\d+)\.", "\n".join(model.state_dict()), re.M)
    )

    def rate(name):
        if not name.startswith("bert."):
            return head_lr
        if layer := re.match(r"bert\.encoder\.layer\.(\d+)\.", name):
            return base_lr * decay ** (n_layers - 1 - int(layer[1]))
        return base_lr * decay**n_layers if name.startswith("bert.embeddings.") else base_lr

    return tuple(
        {
            "params": [parameter],
            "lr": rate(name),
            "weight_decay": weight_decay if parameter.ndim > 1 else 0.0,
        }
        for name, parameter in model.named_parameters()
    )
