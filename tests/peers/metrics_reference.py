"""Writes reference values of GanSharp.Metrics.Fidelity, from the metrics' definitions, by NumPy, SciPy and scikit-learn.

    apt-get install python3-scipy python3-sklearn
    python3 tests/peers/metrics_reference.py > tests/GanSharp.Tests/Metrics/Fidelity/Fixtures/fidelity.json

The features come from a generator of integers, so that the test makes the same ones bit for bit.
"""
import json

import numpy as np
import scipy
import scipy.linalg
import sklearn
from scipy.spatial.distance import cdist
from sklearn.metrics.pairwise import polynomial_kernel
from sklearn.neighbors import NearestNeighbors


def features(seed, count, size, scale, shift):
    values, state = np.empty(count * size), seed
    for index in range(count * size):
        total = 0.0
        for _ in range(4):
            state = (1103515245 * state + 12345) % 2**31
            total += state / 2**31
        values[index] = total - 2
    # The columns have different spreads, and depend on one another.
    x = values.reshape(count, size)
    x = x * (1 + np.arange(size) % 5) + np.roll(x, 1, axis=1)
    return scale * x + shift


def frechet(x, y):
    first, second = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
    if min(len(x), len(y)) > x.shape[1]:
        trace = np.trace(scipy.linalg.sqrtm(first @ second)).real
    else:
        a, b = x - x.mean(0), y - y.mean(0)
        trace = np.linalg.svd(a @ b.T, compute_uv=False).sum() / np.sqrt((len(x) - 1) * (len(y) - 1))
    return ((x.mean(0) - y.mean(0)) ** 2).sum() + np.trace(first) + np.trace(second) - 2 * trace


def kernel(x, y):
    def k(a, b):
        return polynomial_kernel(a, b, degree=3, gamma=1 / x.shape[1], coef0=1)

    def among(a):
        matrix = k(a, a)
        return (matrix.sum() - np.trace(matrix)) / (len(a) * (len(a) - 1))

    return among(x) + among(y) - 2 * k(x, y).mean()


def radii(x, neighbors):
    return NearestNeighbors(n_neighbors=neighbors + 1).fit(x).kneighbors(x)[0][:, -1]


def neighbors(x, y):
    distances = cdist(x, y)
    real, fake, ball = radii(x, 3), radii(y, 3), radii(x, 5)
    return {
        "precision": (distances <= real[:, None]).any(0).mean(),
        "recall": (distances <= fake[None, :]).any(1).mean(),
        "density": (distances < ball[:, None]).sum(0).mean() / 5,
        "coverage": (distances.min(1) < ball).mean(),
    }


cases = []
for seed, real, fake, size, scale, shift in [(1, 300, 260, 16, 1.0, 0.0), (2, 300, 260, 16, 0.7, 0.5), (3, 40, 50, 64, 1.2, 0.3), (4, 500, 500, 3, 0.9, -0.2)]:
    x, y = features(seed, real, size, 1.0, 0.0), features(seed + 100, fake, size, scale, shift)
    cases.append({"seed": seed, "real": real, "fake": fake, "size": size, "scale": scale, "shift": shift,
                  "sum": x.sum(), "frechet": frechet(x, y), "kernel": kernel(x, y), **neighbors(x, y)})
print(json.dumps({"versions": {"numpy": np.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__}, "cases": cases}, indent=1))
