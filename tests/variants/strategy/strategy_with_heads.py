"""A head for tiny data, micro-batches that are powers of two, two epochs, early stopping everywhere, no look at mem."""

import math


def choose_strategy(s):
    def room(method):
        for power in range(int(math.log2(s.target_batch)), -1, -1):
            if fits(s, method, 2**power):  # noqa: F821
                return 2**power
        return 0

    if s.n_train < 1000:
        order = ["head", "lora"]
    elif s.n_tasks > 1:
        order = ["lora", "full", "head"]
    else:
        order = ["full", "lora", "head"]
    for method in order:
        if ok_store(s, method) and (micro := room(method)):  # noqa: F821
            per_epoch = s.n_train / s.examples_per_s / 3600
            epochs = 2 if 2 * per_epoch <= s.hours else 1
            return Plan(method, micro, math.ceil(s.target_batch / micro), epochs, s.n_train < 1000, True, "fits")  # noqa: F821
    raise ValueError("nothing fits")
