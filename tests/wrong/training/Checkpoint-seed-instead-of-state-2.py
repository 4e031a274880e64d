# cause: JAX habit: the seed is taken for the whole state of the generator, so restoring starts the random numbers from the beginning
# function: Checkpoint
import copy
from typing import Any

import torch
from torch import nn


class Checkpoint:
    """A snapshot of a run."""

    def __init__(self, model: nn.Module, optimizer: torch.optim.Optimizer, scheduler: Any = None) -> None:
        """Copy everything."""
        self.model = copy.deepcopy(model.state_dict())
        self.optimizer = copy.deepcopy(optimizer.state_dict())
        self.scheduler = None if scheduler is None else copy.deepcopy(scheduler.state_dict())
        self.seed = torch.initial_seed()

    def restore(self, model: nn.Module, optimizer: torch.optim.Optimizer, scheduler: Any = None) -> None:
        """Load everything."""
        model.load_state_dict(self.model)
        optimizer.load_state_dict(copy.deepcopy(self.optimizer))
        if scheduler is not None:
            scheduler.load_state_dict(copy.deepcopy(self.scheduler))
        torch.manual_seed(self.seed)
