"""Write the JSON Schema of the result, ``course/result.schema.json``, from the classes in ``course/result.py``.

python -m scripts.schema            write it
python -m scripts.schema --check    fail if what stands there is another one
"""

from __future__ import annotations

import argparse
import json
import sys

from course import paths, result


def document() -> str:
    """The file's content."""
    return json.dumps(result.json_schema(), indent=2) + "\n"


def main() -> None:
    """Write or compare."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare only")
    if not parser.parse_args().check:
        paths.RESULT_SCHEMA.write_text(document(), encoding="utf-8")
    elif paths.RESULT_SCHEMA.read_text(encoding="utf-8") != document():
        sys.exit(f"{paths.RESULT_SCHEMA.name} is out of date: python -m scripts.schema")


if __name__ == "__main__":
    main()
