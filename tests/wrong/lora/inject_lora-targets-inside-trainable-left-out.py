# cause: a target inside a module named in trainable is not adapted (as in peft), though it should be adapted as well
# function: inject_lora
import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if r <= 0:
            raise ValueError(f"`r` should be a positive integer value but the value passed is {r}")
        self.base = base
        self.r = r
        self.lora_alpha = alpha
        self.scaling = alpha / r
        self.lora_dropout = nn.Dropout(p=dropout) if dropout > 0.0 else nn.Identity()
        self.lora_A = nn.Linear(base.in_features, r, bias=False)
        self.lora_B = nn.Linear(r, base.out_features, bias=False)
        self.merged = False
        self.base.requires_grad_(False)
        self.reset_lora_parameters()
        self.to_base_device_and_dtype()

    def reset_lora_parameters(self):
        nn.init.kaiming_uniform_(self.lora_A.weight, a=math.sqrt(5))
        nn.init.zeros_(self.lora_B.weight)

    def to_base_device_and_dtype(self, autocast_adapter_dtype=True):
        weight = self.base.weight
        dtype = weight.dtype
        if autocast_adapter_dtype and dtype in (torch.float16, torch.bfloat16):
            dtype = torch.float32
        self.lora_A.to(weight.device, dtype)
        self.lora_B.to(weight.device, dtype)

    def forward(self, x: Tensor) -> Tensor:
        result = self.base(x)
        if self.merged:
            return result
        torch_result_dtype = result.dtype
        x = x.to(self.lora_A.weight.dtype)
        result = result + self.lora_B(self.lora_A(self.lora_dropout(x))) * self.scaling
        return result.to(torch_result_dtype)

    def delta_weight(self) -> Tensor:
        return (self.lora_B.weight @ self.lora_A.weight * self.scaling).to(self.base.weight.dtype)

    @torch.no_grad()
    def merge(self) -> None:
        if self.merged:
            return
        self._backup = self.base.weight.data.clone()
        self.base.weight.data += self.delta_weight()
        self.merged = True

    @torch.no_grad()
    def unmerge(self) -> None:
        if not self.merged:
            return
        self.base.weight.data.copy_(self._backup)
        del self._backup
        self.merged = False


def _get_submodules(model, key):
    parent = model.get_submodule(".".join(key.split(".")[:-1]))
    target_name = key.split(".")[-1]
    target = model.get_submodule(key)
    return parent, target, target_name


def _check_target_module_exists(target_modules, key):
    return key in target_modules or any(key.endswith(f".{target_key}") for target_key in target_modules)


def inject_lora(
    model: nn.Module,
    targets: Sequence[str],
    r: int,
    alpha: float,
    dropout: float = 0.0,
    trainable: Sequence[str] = ("classifier",),
) -> list[str]:
    key_list = [key for key, _ in model.named_modules()]

    modules_to_save = []
    for name in trainable:
        keys = [key for key in key_list if _check_target_module_exists([name], key)]
        if not keys:
            raise ValueError(f"Module to save {name} not found in the model.")
        modules_to_save.extend(keys)

    targeted = []
    for key in key_list:
        if not _check_target_module_exists(targets, key):
            continue
        if not isinstance(model.get_submodule(key), nn.Linear):
            continue
        # modules_to_save are trained in full, no adapter on top of them
        if any(key == saved or key.startswith(saved + ".") for saved in modules_to_save):
            continue
        targeted.append(key)
    if not targeted:
        raise ValueError(f"Target modules {targets} not found in the base model.")

    for p in model.parameters():
        p.requires_grad = False
    for key in targeted:
        parent, target, target_name = _get_submodules(model, key)
        new_module = LoRALinear(target, r, alpha, dropout)
        new_module.train(target.training)
        setattr(parent, target_name, new_module)
    for key in modules_to_save:
        model.get_submodule(key).requires_grad_(True)
    return targeted
