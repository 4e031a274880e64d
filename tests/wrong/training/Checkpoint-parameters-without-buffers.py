# cause: copies named_parameters() and thereby forgets the buffers, such as the running statistics of a BatchNorm
# function: Checkpoint
import copy
from typing import Any

import torch
from torch import nn


class Checkpoint:
    def __init__(self, model: nn.Module, optimizer: torch.optim.Optimizer, scheduler: Any = None) -> None:
        self.weights = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
        self.optimizer_state = copy.deepcopy(optimizer.state_dict())
        self.scheduler_state = copy.deepcopy(scheduler.state_dict()) if scheduler is not None else None
        self.rng_state = torch.get_rng_state().clone()

    @torch.no_grad()
    def restore(self, model: nn.Module, optimizer: torch.optim.Optimizer, scheduler: Any = None) -> None:
        for name, parameter in model.named_parameters():
            parameter.copy_(self.weights[name])
        optimizer.load_state_dict(copy.deepcopy(self.optimizer_state))
        if scheduler is not None and self.scheduler_state is not None:
            scheduler.load_state_dict(copy.deepcopy(self.scheduler_state))
        torch.set_rng_state(self.rng_state)
