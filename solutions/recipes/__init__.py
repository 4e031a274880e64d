"""Recipes: the functions of the exercises, put to work on a real pretrained model and real reviews.

    options.py     the command line of ``finetune``
    config.py      all settings of a run, in one frozen dataclass
    idle.py        options that were given but have no effect
    preflight.py   checks that run before torch is loaded
    quick.py       faster imports of torch and transformers
    functions.py   the exercises' functions: the reference's, or yours (``--mine``)
    hardware.py    which device, which precision, how many threads (contention.py: fewer beside busy processes)
    data.py        texts with labels or numbers (ratings.py: one source of numbers), batches of similar length
    splitting.py   training, validation and test texts without leakage
    augmenting.py  training texts that differ from epoch to epoch
    model.py       an encoder with a head (heads.py)
    methods.py     the changes that LoRA, adapters, prefixes, ... make to it (fronts.py: virtual tokens)
    training.py    the training, step by step; journal.py and checkpoint.py record its progress
    team.py        several processes that train together (torchrun, through Accelerate)
    finetune.py    the run around it: train, test, save, reload, report
    saving.py      a finished run on the disk (peft_format.py, pictures.py), loaded again by predicting.py
    pretrain/      a language model instead, saved as transformers saves it, so that finetune can start from it
    memory.py      memory used by a process
    compare/       the chapter's and the blog's tables, measured by many such runs
    bench.py       texts per second, compared with the chapter's recipe
    speedrun/      83% against the clock: the rules, the race, the table of runs
    tour/          the chapter's pipelines beside the exercises' functions, and the models for both
    gpu/           a short run of every recipe on a GPU, step by step

``course run finetune --out DIR`` ends up in ``__main__.py`` here.
"""

import os

from solutions.recipes import contention

if not contention.MEASURED and not {"OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME"} & os.environ.keys():
    # Threads that wait at a barrier sleep instead of spinning: where we cannot see that other processes need the cores
    # (contention.py), a spinning thread would keep a core from the one that it waits for. OpenMP reads this once, while
    # torch is loaded. If the user has set one of the three variables, we change none.
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
