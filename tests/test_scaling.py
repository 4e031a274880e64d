"""The page about very many submissions says what its measurement says."""

import json

from scripts import scaling

REPORT = {
    "machine": {"cores": 2, "processor": "a processor", "python": "3.11.7"},
    "rows": [
        {"what": "class of 10, two jobs", "times_faster": 1.5, "seconds": 10.0},
        {"what": "processor time per submission", "value": "0.90 s", "seconds_each": 0.9},
        {"what": "memory of the whole run, jobs: 1", "value": "900 MB", "bytes": 900_000_000},
        {"what": "memory of the whole run, jobs: 2", "value": "1,000 MB", "bytes": 1_000_000_000},
    ],
}


def test_the_arithmetic_is_that_of_the_page():
    text = scaling.page(REPORT, 4_000, 0.5)
    assert "4,000 × 0.90 s = 1.0 core-hours, which cost 0.50 at 0.5 per core and hour" in text
    assert "| 2 | 0.50 | 0.67 |" in text and "| 8 | 0.12 | 0.30 |" in text
    assert "| memory of the whole run, jobs: 2 | 1,000 MB |" in text


def test_memory_that_was_not_measured_has_no_line():
    rows = [row if "bytes" not in row else {**row, "bytes": 0} for row in REPORT["rows"]]
    assert "memory of the whole run" not in scaling.page({**REPORT, "rows": rows}, 10, 1.0)


def test_the_page_is_what_the_measurement_gives():
    report = json.loads(scaling.MEASURED.read_text(encoding="utf-8"))
    written = (scaling.ROOT / "docs" / "scaling.md").read_text(encoding="utf-8")
    assert written == scaling.page(report, scaling.SUBMISSIONS, scaling.PRICE)
    assert len(report["rows"]) >= 5
