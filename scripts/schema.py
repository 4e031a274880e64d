"""Write the JSON Schemas for other programs from the classes that they describe.

``course/result.schema.json`` comes from ``course/result.py``, ``course/formats/gradebook.schema.json`` from
``course/formats/json.py``.

python -m scripts.schema            write them
python -m scripts.schema --check    fail if a file is out of date
"""

from __future__ import annotations

import argparse
import json
import sys

from course import paths, result
from course.formats import json as gradebook

MADE = {paths.RESULT_SCHEMA: result.json_schema, paths.GRADEBOOK_SCHEMA: gradebook.json_schema}
"""File -> function that generates it."""


def documents() -> dict[str, str]:
    """Return path -> file content."""
    return {str(path): json.dumps(make(), indent=2) + "\n" for path, make in MADE.items()}


def document() -> str:
    """Return the schema of the result."""
    return documents()[str(paths.RESULT_SCHEMA)]


def main() -> None:
    """Write or compare the schemas."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare only")
    check = parser.parse_args().check
    made = documents()
    for path in MADE:
        if not check:
            path.write_text(made[str(path)], encoding="utf-8")
        elif path.read_text(encoding="utf-8") != made[str(path)]:
            sys.exit(f"{path.name} is out of date: python -m scripts.schema")


if __name__ == "__main__":
    main()
