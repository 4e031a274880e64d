"""Checkpoint as the bytes of a file, which nobody can change."""

import io

import torch


class Checkpoint:
    def __init__(self, model, optimizer, scheduler=None):
        buffer = io.BytesIO()
        parts = [model.state_dict(), optimizer.state_dict(), torch.get_rng_state()]
        torch.save(parts + ([scheduler.state_dict()] if scheduler else []), buffer)
        self.bytes = buffer.getvalue()

    def restore(self, model, optimizer, scheduler=None):
        weights, memory, generator, *rest = torch.load(io.BytesIO(self.bytes))
        model.load_state_dict(weights)
        optimizer.load_state_dict(memory)
        for state in rest:
            scheduler.load_state_dict(state)
        torch.random.set_rng_state(generator)
        return model
