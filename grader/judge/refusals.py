"""Recognizes exceptions that are caused by the sandbox's restrictions, so that the report can say so."""

from __future__ import annotations

import re

from course.text import mark

_NETWORK = re.compile(
    r"couldn't connect|offline mode|OfflineModeIsEnabled|HF_HUB_OFFLINE|Name or service not known|name resolution|"
    r"Max retries exceeded|urlopen error|Failed to establish a new connection|not the path to a directory|"
    r"is not a local folder|cannot find the (?:requested|appropriate) files in the (?:local|disk) cache|"
    r"Connection refused|Network is unreachable|nodename nor servname",
    re.IGNORECASE,
)
_NETWORK_TYPES = frozenset(
    (
        "LocalEntryNotFoundError OfflineModeIsEnabled ConnectionError ConnectTimeout MaxRetryError NewConnectionError "
        "URLError gaierror SSLError HfHubHTTPError ConnectError"
    ).split()
)
_PROCESS = re.compile(
    r"DataLoader worker|can't start new (?:thread|process)|unable to fork|_posixsubprocess", re.IGNORECASE
)

SENTENCES = {
    "network": mark("There is no network during grading, and nothing can be downloaded from the Hugging Face Hub."),
    "beside": mark("During grading, your code runs in an empty folder: files next to your own file are not available."),
    "files": mark("The sandbox does not allow access to files outside an empty scratch folder."),
    "calls": mark("The sandbox does not allow starting other processes, using the network or changing the system."),
}
"""Kind of refusal -> sentence of the report."""


def what(kind: str, message: str) -> str | None:
    """Return the kind of refusal: ``network``, ``files``, ``beside`` (files next to the student's), ``calls``, None."""
    if kind in _NETWORK_TYPES or (kind in ("OSError", "RuntimeError", "ValueError") and _NETWORK.search(message)):
        return "network"
    if kind in ("FileNotFoundError", "NotADirectoryError") or "[Errno 2]" in message:
        return "beside"
    if _PROCESS.search(message):
        return "calls"
    if kind == "PermissionError" or "[Errno 13]" in message:
        return "files" if re.search(r"\[Errno 13\]|: '", message) else "calls"
    if kind == "OSError" and re.search(r"\[Errno (?:1|38|95)\]", message):
        return "calls"
    return None
