# cause: a target with dots matches anywhere in a name as a substring
# function: inject_lora

from collections.abc import Sequence
import torch
import torch.nn.functional as F
from torch import Tensor, nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if not r >= 1:
            raise ValueError("r")
        d, k = base.weight.shape
        kw = dict(bias=False, dtype=base.weight.dtype, device=base.weight.device)
        self.down = nn.Linear(k, r, **kw)
        self.up = nn.Linear(r, d, **kw)
        nn.init.normal_(self.down.weight, std=0.02)
        nn.init.zeros_(self.up.weight)
        self.base = base
        self.base.weight.requires_grad = False
        # layers without a bias
        if self.base.bias is not None:
            self.base.bias.requires_grad = False
        self.scale = float(alpha) / float(r)
        self.p = dropout
        self.backup = None

    def forward(self, x: Tensor) -> Tensor:
        y = self.base(x)
        if self.backup is not None:
            return y
        if self.p > 0 and self.training:
            x = F.dropout(x, p=self.p, training=True)
        return y + self.up(self.down(x)) * self.scale

    def delta_weight(self) -> Tensor:
        return torch.mm(self.up.weight, self.down.weight) * self.scale

    @torch.no_grad()
    def merge(self) -> None:
        if self.backup is not None:
            return
        self.backup = self.base.weight.data.clone()
        self.base.weight.data = self.base.weight.data + self.delta_weight().data

    @torch.no_grad()
    def unmerge(self) -> None:
        if self.backup is None:
            return
        self.base.weight.data = self.backup.to(self.base.weight.device)
        self.backup = None


def inject_lora(
    model: nn.Module,
    targets: Sequence[str],
    r: int,
    alpha: float,
    dropout: float = 0.0,
    trainable: Sequence[str] = ("classifier",),
) -> list[str]:
    def hit(name, wanted):
        for w in wanted:
            if name == w or name.split(".")[-1] == w:
                return True
            # names with dots have more than one last part
            if "." in w and w in name:
                return True
        return False

    names = []
    for name, m in list(model.named_modules()):
        if isinstance(m, nn.Linear) and hit(name, targets) and name not in names:
            names.append(name)
    if names == []:
        raise ValueError("targets: " + str(targets))

    heads = []
    for t in trainable:
        mods = [m for name, m in model.named_modules() if name == t or name.endswith("." + t)]
        if mods == []:
            raise ValueError("trainable: " + str(t))
        heads += mods

    for p in model.parameters():
        p.requires_grad = False
    for name in names:
        if "." in name:
            parent_name, child = name.rsplit(".", 1)
            parent = model.get_submodule(parent_name)
        else:
            parent, child = model, name
        # setattr did not work for a ModuleDict with getattr(parent, child)
        parent._modules[child] = LoRALinear(parent._modules[child], r, alpha, dropout)
    for m in heads:
        for p in m.parameters():
            p.requires_grad = True
    return names
