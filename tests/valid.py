"""Every result in the tests is validated against the schema that ships (``course/result.schema.json``).

Results of a test's own process are validated in ``Result.to_json`` (``conftest.py``); ``tests/grading.py`` and the
helpers that start ``course grade`` in its own process use ``valid``.
"""

from __future__ import annotations

import json
from typing import Any

import jsonschema

from course import paths
from course.result import Result

VALIDATOR = jsonschema.Draft202012Validator(json.loads(paths.RESULT_SCHEMA.read_text(encoding="utf-8")))
_to_json = Result.to_json


def valid(record: dict[str, Any]) -> dict[str, Any]:
    """Return the record if it is valid.

    Raises:
        jsonschema.ValidationError: the record is not valid.
    """
    VALIDATOR.validate(record)
    return record


def to_json(result: Result) -> dict[str, Any]:
    """Replace ``Result.to_json`` for the duration of the tests."""
    return valid(_to_json(result))
