# cause: remembers the generator's seed instead of its state, so that restoring goes back to the beginning of the random numbers
# function: Checkpoint
import copy
from typing import Any

import torch
from torch import nn


class Checkpoint:
    def __init__(self, model: nn.Module, optimizer: torch.optim.Optimizer, scheduler: Any = None) -> None:
        self.model = copy.deepcopy(model.state_dict())
        self.optimizer = copy.deepcopy(optimizer.state_dict())
        self.scheduler = None if scheduler is None else copy.deepcopy(scheduler.state_dict())
        self.seed = torch.initial_seed()

    def restore(self, model: nn.Module, optimizer: torch.optim.Optimizer, scheduler: Any = None) -> None:
        model.load_state_dict(self.model)
        optimizer.load_state_dict(copy.deepcopy(self.optimizer))
        if scheduler is not None and self.scheduler is not None:
            scheduler.load_state_dict(copy.deepcopy(self.scheduler))
        torch.manual_seed(self.seed)
