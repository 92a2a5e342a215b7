"""Writes reference values of GanSharp.Metrics.Models by NumPy, SciPy and scikit-learn.

    apt-get install python3-scipy python3-sklearn
    /usr/bin/python3 tests/peers/models_reference.py > tests/GanSharp.MeasurementTests/Metrics/Models/Fixtures/models.json

The samples and the path lengths come from a generator of integers, so that the test makes the same ones bit for bit.
"""
import json

import numpy as np
import scipy
import scipy.stats
import sklearn
from sklearn.neighbors import KernelDensity


def numbers(seed, count):
    values, state = np.empty(count), seed
    for index in range(count):
        state = (1103515245 * state + 12345) % 2**31
        values[index] = state / 2**31
    return values


def samples(seed, count, size, scale, shift):
    return scale * (numbers(seed, 4 * count * size).reshape(count, size, 4).sum(2) - 2) + shift


def parzen(generated, validation, test, bandwidths):
    def log_densities(x, bandwidth):
        return KernelDensity(bandwidth=bandwidth, kernel="gaussian", algorithm="kd_tree", rtol=0, atol=0).fit(generated).score_samples(x)

    chosen = max(bandwidths, key=lambda bandwidth: log_densities(validation, bandwidth).mean())
    values = log_densities(test, chosen)
    # The kernels one by one, for a density that doesn't share a line with scikit-learn's.
    single = [np.log(np.mean(scipy.stats.multivariate_normal.pdf(generated - x, cov=chosen**2 * np.eye(generated.shape[1])))) for x in test[:5]]
    assert np.allclose(single, values[:5], rtol=1e-9)
    deleted = []
    for group in range(10):
        rest = generated[np.arange(len(generated)) % 10 != group]
        deleted.append(KernelDensity(bandwidth=chosen, rtol=0, atol=0).fit(rest).score_samples(test).mean())
    return {"bandwidth": chosen, "logLikelihood": values.mean(), "standardError": scipy.stats.sem(values),
            "validationLogLikelihood": log_densities(validation, chosen).mean(), "jackknife": 0.9 * ((np.array(deleted) - np.mean(deleted)) ** 2).sum()}


def trimmed(lengths, share):
    """The rule of Karras et al. (2019) for outliers, with SciPy's standard error of a trimmed mean."""
    low, high = np.percentile(lengths, 100 * share, method="lower"), np.percentile(lengths, 100 - 100 * share, method="higher")
    kept = lengths[(low <= lengths) & (lengths <= high)]
    cut = (len(lengths) - len(kept)) / 2 / len(lengths)
    return {"share": share, "count": len(lengths), "mean": kept.mean(), "standardError": float(scipy.stats.mstats.trimmed_stde(lengths, limits=(cut, cut)))}


cases = []
for seed, generated, validation, test, size, scale, shift in [(1, 203, 60, 80, 1, 1.0, 0.0), (2, 400, 100, 150, 3, 0.8, 0.2), (3, 1500, 120, 900, 12, 1.1, -0.1)]:
    real = samples(seed, validation + test, size, 1.0, 0.0)
    window = samples(seed + 100, generated, size, scale, shift)
    deviation = np.sqrt(real[:validation].var(axis=0, ddof=1).mean())
    grid = [deviation * 10 ** (-3 + step / 9) for step in range(37)]
    cases.append({"seed": seed, "generated": generated, "validation": validation, "test": test, "size": size, "scale": scale, "shift": shift, "sum": real.sum(),
                  **parzen(window, real[:validation], real[validation:], grid)})
print(json.dumps({"versions": {"numpy": np.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__}, "parzen": cases,
                  "trimmed": [trimmed(numbers(7, 501) ** 3, share) for share in (0.01, 0.1, 0.25)]}, indent=1))
