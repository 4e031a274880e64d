"""Checkpoint as a list of ways back, one for each part."""

from copy import deepcopy

import torch


class Checkpoint:
    def __init__(self, *parts):
        self.states = [None if part is None else deepcopy(part.state_dict()) for part in parts]
        self.generator = torch.get_rng_state()

    def restore(self, *parts):
        for part, state in zip(parts, self.states, strict=False):
            if part is not None:
                part.load_state_dict(deepcopy(state))
        torch.set_rng_state(self.generator)
