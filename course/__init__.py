"""Syllabus, lessons and command line of the course. Nothing here imports torch."""

import os
import sys


def _leave_out_the_current_folder() -> None:
    """Remove empty entries from PYTHONPATH (``PYTHONPATH=:$PYTHONPATH`` adds one): they mean the current folder."""
    relative = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if not os.path.isabs(entry)]
    if "PYTHONPATH" not in os.environ or not relative:
        return
    ours = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    meant = {os.path.abspath(entry) for entry in relative} - {ours}
    sys.path[:] = [entry for entry in sys.path if entry not in meant]


_leave_out_the_current_folder()
