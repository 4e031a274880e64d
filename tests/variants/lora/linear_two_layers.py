"""The factors are two bias-free nn.Linear; merge puts a new weight Parameter in place, unmerge the old one."""

from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("the rank must be positive")
        self.base = base
        for parameter in base.parameters():
            parameter.requires_grad = False
        like = {"dtype": base.weight.dtype, "device": base.weight.device}
        self.lora_A = nn.Linear(base.in_features, r, bias=False, **like)
        self.lora_B = nn.Linear(r, base.out_features, bias=False, **like)
        nn.init.zeros_(self.lora_B.weight)
        self.scaling = alpha / r
        self.lora_dropout = nn.Dropout(p=dropout)
        self.merged = False

    def forward(self, x):
        if self.merged:
            return self.base(x)
        return self.base(x) + self.lora_B(self.lora_A(self.lora_dropout(x))) * self.scaling

    def delta_weight(self):
        return self.lora_B.weight @ self.lora_A.weight * self.scaling

    def merge(self):
        if not self.merged:
            self.plain = [self.base.weight]  # in a list, so that it is not registered a second time
            self.base.weight = nn.Parameter((self.base.weight + self.delta_weight()).detach(), requires_grad=False)
            self.merged = True

    def unmerge(self):
        if self.merged:
            self.base.weight = self.plain.pop()
            self.merged = False
