# cause: a mutable default keeps the causal rule, so all calls after a causal one are causal, too
# function: attention_visibility
import functools
import operator
from collections.abc import Callable
import torch
from torch import Tensor

Rule = Callable[[Tensor], Tensor]


def hide_padding(attention_mask: Tensor) -> Tensor:
    batch, length = attention_mask.shape
    return attention_mask.bool()[:, None, :].expand(batch, length, length)


def hide_future(attention_mask: Tensor) -> Tensor:
    length = attention_mask.shape[1]
    return torch.ones(length, length, dtype=torch.bool, device=attention_mask.device).tril()


def rules_for(causal: bool, rules: list[Rule] = [hide_padding]) -> list[Rule]:
    if causal:
        rules.append(hide_future)
    return rules


def attention_visibility(attention_mask: Tensor, causal: bool) -> Tensor:
    return functools.reduce(operator.and_, (rule(attention_mask) for rule in rules_for(causal)))
