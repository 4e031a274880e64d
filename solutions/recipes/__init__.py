"""Recipes: the functions of the exercises, put to work on a real pretrained model and real reviews.

    preflight.py  what can be refused before torch is loaded
    config.py     everything a run can be told, in one frozen dataclass
    hardware.py   which device, which precision, how many threads
    data.py       texts, split without leakage, batches of similar length
    model.py      an encoder with a head, and what LoRA, full and head-only fine-tuning do to it
    finetune.py   the training loop, and the run around it: train, test, save, reload, report
    bench.py      how many texts per second, against the chapter's recipe

``course run finetune --out DIR`` ends up in ``__main__.py`` here.
"""

import os

if not {"OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME"} & os.environ.keys():
    # Threads that wait at a barrier sleep instead of spinning: a spinning one burns the core that the other is waiting
    # for as soon as anything else runs on the machine. OpenMP reads this once, while torch is loaded. Whoever has set
    # one of the three knows what they want.
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
