"""What is taught, in which order, and the conversation with the reader. Nothing here touches a tensor."""

import os
import sys


def _leave_out_the_current_folder() -> None:
    """An empty entry of PYTHONPATH, as ``PYTHONPATH=:$PYTHONPATH`` leaves one, means the folder of the submission."""
    relative = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if not os.path.isabs(entry)]
    if "PYTHONPATH" not in os.environ or not relative:
        return
    ours = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    meant = {os.path.abspath(entry) for entry in relative} - {ours}
    sys.path[:] = [entry for entry in sys.path if entry not in meant]


_leave_out_the_current_folder()
