#!/usr/bin/env bash
# Runs once, as root, when Gradescope builds the image of the autograder: Debian or Ubuntu with Python 3.10 or newer.
# TORCH_INDEX names another index of CPU builds of torch; empty means that pip's own index has them.
set -euo pipefail

SOURCE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
VENV=/opt/course
TORCH_INDEX="${TORCH_INDEX-https://download.pytorch.org/whl/cpu}"

export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y --no-install-recommends ca-certificates libseccomp2 passwd python3 python3-venv util-linux
rm -rf /var/lib/apt/lists/*

# The grader runs as a user who owns nothing. Results and submissions are root's alone; run_autograder hands over a copy
# of the one file that is graded.
id -u course-grader >/dev/null 2>&1 ||
    useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin course-grader

python3 -m venv "$VENV"
export PIP_CONSTRAINT="$SOURCE/constraints.txt" PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
"$VENV/bin/python" -m pip install --quiet ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} "$SOURCE/package"
"$VENV/bin/python" -I - <<'CHECK'
import torch
if torch.version.cuda is not None:
    raise SystemExit(f"torch {torch.__version__} is a CUDA build of several gigabytes; set TORCH_INDEX in setup.sh")
print(f"torch {torch.__version__}, for the CPU")
CHECK
"$VENV/bin/python" -m compileall -q "$VENV/lib" >/dev/null 2>&1 || true

# The checks lie in the virtual environment, and their source need not lie about twice.
rm -rf "$SOURCE/package/grader" "$SOURCE/package/solutions"
chmod o= "$SOURCE"
echo "The autograder is set up."
