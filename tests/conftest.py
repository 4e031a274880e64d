"""What every test can rely on: no hub is asked for anything, and the variants are data, not tests."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # tiny matrices on many threads spend their time waiting for each other
os.environ["HF_HUB_OFFLINE"] = "1"  # before anything imports transformers
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # tests fork

collect_ignore = ["variants"]
