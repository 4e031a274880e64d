"""``python -m grader``: the warm host on standard input and output; ``--doctor`` prints what this machine offers."""

import json
import os
import sys

os.environ.update(
    OPENBLAS_NUM_THREADS="1",  # numpy's own pool; a process with threads cannot be forked from safely
    HF_HUB_OFFLINE="1",
    TRANSFORMERS_VERBOSITY="error",
)
for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):  # meant for the user's own tests, not for the judge's
    os.environ.pop(name, None)

from grader import host  # noqa: E402  after the environment that torch and numpy read at import

if __name__ == "__main__":
    if sys.argv[1:] == ["--doctor"]:
        print(json.dumps(host.doctor()))
    elif sys.argv[1:]:
        sys.exit(f"usage: python -m grader [--doctor], not {' '.join(sys.argv[1:])}")
    else:
        host.main()
