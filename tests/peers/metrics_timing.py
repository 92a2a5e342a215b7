#!/usr/bin/env python3
"""Times metrics of features as NumPy, SciPy and scikit-learn users compute them: the peer of `GanSharp.Benchmarks metrics`.

On Debian 12: apt-get install python3-scipy python3-sklearn libopenblas0
    metrics_timing.py frechet real.npy fake.npy
    metrics_timing.py neighbors real.npy fake.npy
Prints one line of JSON. With --check only says whether it could run.
"""
import json
import resource
import sys
import time

try:
    import numpy as np
    import scipy.linalg
    from sklearn.metrics import pairwise_distances
except ImportError:
    sys.exit("SciPy or scikit-learn isn't installed: apt-get install python3-scipy python3-sklearn libopenblas0")


def frechet(real, fake):
    """As pytorch-fid, torch-fidelity and clean-fid do: np.cov and a matrix root."""
    means, covariances = zip(*((np.mean(x, axis=0, dtype=np.float64), np.cov(x, rowvar=False)) for x in (real, fake)))
    root = scipy.linalg.sqrtm(covariances[0] @ covariances[1]).real
    return [((means[0] - means[1]) ** 2).sum() + np.trace(covariances[0]) + np.trace(covariances[1]) - 2 * np.trace(root)]


def neighbors(real, fake):
    """As the prdc package does: whole matrices of distances in float64."""
    def radii(x, k):
        return np.partition(pairwise_distances(x), k, axis=1)[:, k]

    real, fake = real.astype(np.float64), fake.astype(np.float64)
    distances = pairwise_distances(real, fake)
    third, of_fake, fifth = radii(real, 3), radii(fake, 3), radii(real, 5)
    return [(distances <= third[:, None]).any(axis=0).mean(), (distances <= of_fake[None, :]).any(axis=1).mean(),
            (distances < fifth[:, None]).sum(axis=0).mean() / 5, (distances.min(axis=1) < fifth).mean()]


if sys.argv[1:] == ["--check"]:
    print("ok")
else:
    metric, *paths = sys.argv[1:]
    start = time.perf_counter()
    values = {"frechet": frechet, "neighbors": neighbors}[metric](*map(np.load, paths))
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "values": [float(value) for value in values]}))
