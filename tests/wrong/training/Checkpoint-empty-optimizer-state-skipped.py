# cause: The state of an optimizer that has not stepped yet is not saved, and restoring leaves the optimizer as it is.
# function: Checkpoint
from __future__ import annotations
import copy
from typing import Any
import torch
from torch import nn


class Checkpoint:
    def __init__(self, model: nn.Module, optimizer: torch.optim.Optimizer, scheduler: Any = None) -> None:
        self._model_state = copy.deepcopy(model.state_dict())
        self._optimizer_state = copy.deepcopy(optimizer.state_dict()) if len(optimizer.state) > 0 else None
        self._scheduler_state = copy.deepcopy(scheduler.state_dict()) if scheduler is not None else None
        self._rng_state = torch.get_rng_state().clone()

    def restore(self, model: nn.Module, optimizer: torch.optim.Optimizer, scheduler: Any = None) -> None:
        model.load_state_dict(copy.deepcopy(self._model_state))
        if self._optimizer_state is not None:
            optimizer.load_state_dict(copy.deepcopy(self._optimizer_state))
        if scheduler is not None:
            if self._scheduler_state is None:
                raise ValueError("this checkpoint was made without a scheduler")
            scheduler.load_state_dict(copy.deepcopy(self._scheduler_state))
        torch.set_rng_state(self._rng_state.clone())
