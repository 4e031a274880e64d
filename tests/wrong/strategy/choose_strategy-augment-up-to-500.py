# cause: Data is augmented only with up to 500 examples, instead of with fewer than 1,000.
# function: choose_strategy
from math import ceil


def choose_strategy(s: Scenario) -> Plan:
    """Decide how to fine-tune in a given situation."""
    # Aghajanyan et al. 2021: fine-tuning has a low intrinsic dimension, so few examples need few parameters.
    order = ["lora", "head"] if s.n_train < 1000 else ["full", "lora", "head"]
    for method in order:
        if fits(s, method, 1) and ok_store(s, method):
            break
    else:
        raise ValueError("nothing fits on this GPU and this disk")

    micro_batch = s.target_batch
    while not fits(s, method, micro_batch):
        micro_batch -= 1
    accum = ceil(s.target_batch / micro_batch)

    # Devlin et al. 2019, appendix A.3: 2, 3 or 4 epochs
    epochs = 3
    while epochs > 1 and epochs * s.n_train / s.examples_per_s > 3600 * s.hours:
        epochs -= 1

    # Wei and Zou 2019 (EDA): the gain is large with up to 500 training examples and marginal above
    augment = s.n_train <= 500
    return Plan(method, micro_batch, accum, epochs, augment, True, "see the papers in the comments")
