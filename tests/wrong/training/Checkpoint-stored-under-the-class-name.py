# cause: the contents are stored at module level under the name of the model's class, so a later checkpoint overwrites an earlier one
# function: Checkpoint
import copy
from typing import Any

import torch
from torch import nn


SAVED: dict[str, dict[str, Any]] = {}  # the contents of checkpoints


class Checkpoint:
    """Everything a run needs."""

    def __init__(self, model: nn.Module, optimizer: torch.optim.Optimizer, scheduler: Any = None) -> None:
        """Copy the current state."""
        self.name = type(model).__name__
        SAVED[self.name] = {
            "model": copy.deepcopy(model.state_dict()),
            "optimizer": copy.deepcopy(optimizer.state_dict()),
            "scheduler": copy.deepcopy(scheduler.state_dict()) if scheduler is not None else None,
            "random": torch.get_rng_state(),
        }

    def restore(self, model: nn.Module, optimizer: torch.optim.Optimizer, scheduler: Any = None) -> None:
        """Restore everything into objects of the same structure, which may be new. This may be done repeatedly.

        Args:
            model: receives the weights and buffers.
            optimizer: the optimizer of this model.
            scheduler: the scheduler of this optimizer, or None if the run had none.
        """
        saved = copy.deepcopy(SAVED[self.name])
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        if scheduler is not None:
            scheduler.load_state_dict(saved["scheduler"])
        torch.set_rng_state(saved["random"])
