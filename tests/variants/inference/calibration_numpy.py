"""expected_calibration_error in numpy, with digitize and bincount."""

import numpy as np


def expected_calibration_error(confidences, correct, n_bins=10):
    p, hit = confidences.numpy().astype(float), correct.numpy().astype(float)
    if p.size == 0:
        raise ValueError("nothing to measure")
    places = np.digitize(p, np.arange(1, n_bins) / n_bins, right=True)
    counts = np.bincount(places, minlength=n_bins)
    said = np.bincount(places, weights=p, minlength=n_bins)
    right = np.bincount(places, weights=hit, minlength=n_bins)
    with np.errstate(invalid="ignore", divide="ignore"):
        gaps = np.abs(said / counts - right / counts)
    return float(np.nansum(gaps * counts) / counts.sum())
