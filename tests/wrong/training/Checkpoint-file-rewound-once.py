# cause: the file in memory is rewound only after saving, so a second restore fails
# function: Checkpoint
import io

import torch


class Checkpoint:
    """torch.save into memory: what is serialised is a copy by construction."""

    def __init__(self, model, optimizer, scheduler=None) -> None:
        self._file = io.BytesIO()
        state = {
            "model": model.state_dict(),
            "optimizer": optimizer.state_dict(),
            "scheduler": None if scheduler is None else scheduler.state_dict(),
            "rng": torch.get_rng_state(),
        }
        torch.save(state, self._file)
        self._file.seek(0)

    def restore(self, model, optimizer, scheduler=None) -> None:
        state = torch.load(self._file, weights_only=False)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        if scheduler is not None:
            scheduler.load_state_dict(state["scheduler"])
        torch.set_rng_state(state["rng"])
