# cause: every parameter whose name begins with the name of a head is trained, without a dot after it
# function: inject_lora
import math

from torch import nn
import torch
import torch.nn.functional as F


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError(r)
        self.base, self.s, self.p = base.requires_grad_(False), alpha / r, dropout
        w = base.weight
        self.lora_a = nn.Parameter(torch.randn_like(w[0].expand(r, -1)) / math.sqrt(w.size(1)))
        self.lora_b = nn.Parameter(w.new_zeros(w.size(0), r))
        self.w0 = None

    def forward(self, x):
        y = self.base(x)
        if self.w0 is None:
            y = y + F.dropout(x, self.p, self.training) @ self.lora_a.T @ self.lora_b.T * self.s
        return y

    def delta_weight(self):
        return self.s * self.lora_b @ self.lora_a

    @torch.no_grad()
    def merge(self):
        if self.w0 is None:
            self.w0 = self.base.weight.clone()
            self.base.weight += self.delta_weight()

    @torch.no_grad()
    def unmerge(self):
        if self.w0 is not None:
            self.base.weight.copy_(self.w0)
            self.w0 = None

    def train(self, mode=True):
        super().train(mode)
        self.unmerge() if mode else self.merge()  # serve merged
        return self


def _hit(name, targets):
    return any(("." + name).endswith("." + t) for t in targets)


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    mods = dict(model.named_modules())
    names = [n for n, m in mods.items() if isinstance(m, nn.Linear) and _hit(n, targets)]
    heads = {t: [n for n in mods if _hit(n, [t])] for t in trainable}
    if not names or not all(heads.values()):
        raise ValueError(f"nothing matches: {targets if not names else [t for t in heads if not heads[t]]}")
    model.requires_grad_(False)
    for n in names:
        parent, _, leaf = n.rpartition(".")
        setattr(mods[parent], leaf, LoRALinear(mods[n], r, alpha, dropout))
    prefixes = tuple(n for ns in heads.values() for n in ns)
    for n, p in model.named_parameters():
        if n.startswith(prefixes):
            p.requires_grad_(True)
    return names
