"""Tries every plan there is and takes the best by a score."""

import itertools


def choose_strategy(s):
    def score(plan):
        worth = {"full": 3, "lora": 2, "head": 1}[plan.method]
        if s.n_train < 1000 and plan.method == "full":
            worth = -1
        return worth, -plan.accum * plan.micro_batch, plan.micro_batch, plan.epochs

    candidates = [
        Plan(method, micro, -(-s.target_batch // micro), epochs, augment=s.n_train < 5000, early_stopping=True)  # noqa: F821
        for method, micro, epochs in itertools.product(METHODS, range(1, s.target_batch + 1), (1, 2, 3))  # noqa: F821
        if ok_store(s, method)  # noqa: F821
        and fits(s, method, micro)  # noqa: F821
        and epochs * s.n_train / s.examples_per_s <= s.hours * 3600
        and (s.n_train >= 1000 or method != "full")
    ]
    return max(candidates, key=score)  # of nothing, max raises ValueError
