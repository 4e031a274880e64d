# cause: The random state is set inside fork_rng, which puts the old state back on exit.
# function: Checkpoint

import copy
from typing import Any

import torch
from torch import nn


class Checkpoint:
    def __init__(self, model: nn.Module, optimizer: torch.optim.Optimizer, scheduler: Any = None) -> None:
        self.rng = torch.get_rng_state().clone()
        self.model = copy.deepcopy(model.state_dict())
        self.optimizer = copy.deepcopy(optimizer.state_dict())
        self.scheduler = copy.deepcopy(scheduler.state_dict()) if scheduler is not None else None

    def restore(self, model: nn.Module, optimizer: torch.optim.Optimizer, scheduler: Any = None) -> None:
        with torch.random.fork_rng(devices=[]):
            model.load_state_dict(copy.deepcopy(self.model))
            optimizer.load_state_dict(copy.deepcopy(self.optimizer))
            if scheduler is not None:
                scheduler.load_state_dict(copy.deepcopy(self.scheduler))
            torch.set_rng_state(self.rng.clone())
