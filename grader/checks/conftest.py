"""Runs the checks as ordinary tests: ``python -m pytest grader/checks/check_lora.py --submission FILE``."""

from grader.judge.authors import (
    pytest_addoption,
    pytest_configure,
    pytest_itemcollected,
    pytest_pyfunc_call,
    pytest_runtest_makereport,
    student,
)

__all__ = [
    "pytest_addoption",
    "pytest_configure",
    "pytest_itemcollected",
    "pytest_pyfunc_call",
    "pytest_runtest_makereport",
    "student",
]
