"""Writes reference values of GanSharp.Metrics.Fidelity, from the metrics' definitions, by NumPy, SciPy and scikit-learn.

    apt-get install python3-scipy python3-sklearn
    /usr/bin/python3 tests/peers/metrics_reference.py > tests/GanSharp.MeasurementTests/Metrics/Fidelity/Fixtures/fidelity.json

The features come from a generator of integers, so that the test makes the same ones bit for bit.
"""
import json

import numpy as np
import scipy
import scipy.linalg
import scipy.special
import scipy.stats
import sklearn
from scipy.optimize import linear_sum_assignment
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


def influence_half_width(x, y):
    """1.96 standard errors of the distance of two Gaussians, with the optimal transport maps from SciPy's matrix roots."""
    first, second = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
    root = scipy.linalg.sqrtm(first)
    inverse = np.linalg.inv(root)
    there = inverse @ scipy.linalg.sqrtm(root @ second @ root) @ inverse
    back = np.linalg.inv(there)
    a, b, shift = x - x.mean(0), y - y.mean(0), x.mean(0) - y.mean(0)

    def variance(c, shift, carried):
        return np.var(2 * c @ shift + (c**2).sum(1) - np.einsum("ij,jk,ik->i", c, carried.real, c), ddof=1)

    return 1.959963984540054 * np.sqrt(variance(a, shift, there) / len(x) + variance(b, -shift, back) / len(y))


def infinity(x, y):
    """The least-squares line through the mean distances of all halves and quarters and the distance of the whole, at 1/N = 0."""
    means = [np.mean([frechet(a, b) for a, b in zip(parts(x, k), parts(y, k))]) for k in (1, 2, 4)]
    return np.polyfit([1, 2, 4], means, 1)[1]


def parts(x, count):
    """Consecutive quarters, joined in twos and fours, which keeps the same samples on both levels."""
    ends = [-(-part * len(x) // 4) for part in range(5)]
    return [x[ends[start]:ends[start + 4 // count]] for start in range(0, 4, 4 // count)]


def classifier_score(logits, splits):
    p = scipy.special.softmax(logits, axis=1)
    scores = []
    for split in range(splits):
        part = p[len(p) * split // splits:len(p) * (split + 1) // splits]
        scores.append(np.exp(np.mean([scipy.stats.entropy(row, part.mean(0)) for row in part])))
    return np.mean(scores)


def transport(x, y):
    """The squared 2-Wasserstein distance on the line: of equal counts by the best assignment, of others by the quantile functions."""
    if len(x) == len(y):
        cost = (x[:, None] - y[None, :]) ** 2
        return cost[linear_sum_assignment(cost)].mean()
    levels = np.unique(np.concatenate([np.arange(len(x) + 1) * len(y), np.arange(len(y) + 1) * len(x)]))
    middles, widths = (levels[1:] + levels[:-1]) / 2, np.diff(levels) / (len(x) * len(y))
    return (widths * (np.sort(x)[(middles // len(y)).astype(int)] - np.sort(y)[(middles // len(x)).astype(int)]) ** 2).sum()


def kernel_subsets(x, y):
    size = min(100, len(x) // 2)

    def chosen(a, subset):
        return a[(7 * np.arange(size) + 13 * subset) % len(a)]

    values = [kernel(chosen(x, subset), chosen(y, subset)) for subset in range(5)]
    return np.mean(values), np.std(values)


def precision_recall_distribution(real, fake, clusters=7, runs=3):
    """Sajjadi et al. 2018, equations 4 to 7, for clusters that a formula gives."""
    angles = np.linspace(1e-10, np.pi / 2 - 1e-10, 1001)
    alphas, betas = [], []
    for run in range(runs):
        i, j = np.arange(real), np.arange(fake)
        p = np.bincount((i * i + 3 * run * i) % clusters, minlength=clusters) / real
        q = np.bincount((2 * j + run * (j // 3)) % clusters, minlength=clusters) / fake
        alphas.append([np.minimum(np.tan(angle) * p, q).sum() for angle in angles])
        betas.append([np.minimum(p, q / np.tan(angle)).sum() for angle in angles])
    alpha, beta = np.mean(alphas, axis=0), np.mean(betas, axis=0)

    def best(weight):
        return np.max((1 + weight**2) * alpha * beta / (weight**2 * alpha + beta))

    return best(8), best(1 / 8)


cases = []
for seed, real, fake, size, scale, shift in [(1, 300, 260, 16, 1.0, 0.0), (2, 300, 260, 16, 0.7, 0.5), (3, 40, 50, 64, 1.2, 0.3), (4, 500, 500, 3, 0.9, -0.2)]:
    x, y = features(seed, real, size, 1.0, 0.0), features(seed + 100, fake, size, scale, shift)
    wide = min(real, fake) > 4 * size
    subsets, prd = kernel_subsets(x, y), precision_recall_distribution(real, fake)
    cases.append({"seed": seed, "real": real, "fake": fake, "size": size, "scale": scale, "shift": shift,
                  "sum": x.sum(), "frechet": frechet(x, y), "kernel": kernel(x, y), **neighbors(x, y),
                  "frechetHalfWidth": influence_half_width(x, y) if wide else None, "frechetInfinity": infinity(x, y) if wide else None,
                  "kernelSubsetsMean": subsets[0], "kernelSubsetsDeviation": subsets[1], "classifierScore": classifier_score(y, 4),
                  "transport": transport(x[:, 0], y[:, 0]), "prdF8": prd[0], "prdFOneEighth": prd[1]})
print(json.dumps({"versions": {"numpy": np.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__}, "cases": cases}, indent=1))
