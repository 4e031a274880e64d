"""Does nothing at all, and hopes for checks that only ask whether everything is as before."""

from torch import nn


def lora_report(*args, **kwargs) -> dict[str, float]:
    return {"lora_params": 0, "trainable": 0, "kept_ratio": 0.0, "reduction": 1.0, "trainable_ratio": 0.0}


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        self.base = base

    def forward(self, x):
        return self.base(x)

    def delta_weight(self):
        return 0 * self.base.weight

    def merge(self) -> None:
        pass

    def unmerge(self) -> None:
        pass


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)) -> list[str]:
    return list(targets)


def lora_state_dict(model) -> dict[str, object]:
    return model.state_dict()


def load_lora_state_dict(model, state) -> None:
    return None


class MultiLoRALinear(nn.Module):
    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base

    def add_adapter(self, name: str, r: int, alpha: float) -> None:
        pass

    def set_adapter(self, name: str | None) -> None:
        pass

    def forward(self, x):
        return self.base(x)


class BottleneckAdapter(nn.Module):
    def __init__(self, d: int, m: int) -> None:
        super().__init__()

    def forward(self, h):
        return h


def peft_param_count(method, **kwargs) -> int:
    return sum(kwargs.values())
