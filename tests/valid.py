"""Every result in the tests is held against the schema that ships (``course/result.schema.json``).

Results that a test's own process makes are caught in ``Result.to_json`` (``conftest.py``); ``tests/grading.py`` and the
helpers that start ``course grade`` in a process of its own pass on what they read through ``valid``.
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
    """The record, if the schema holds for it.

    Raises:
        jsonschema.ValidationError: it does not.
    """
    VALIDATOR.validate(record)
    return record


def to_json(result: Result) -> dict[str, Any]:
    """``Result.to_json``, for the duration of the tests."""
    return valid(_to_json(result))
