"""Writes reference values of GanSharp.Metrics.Memorization by SciPy and NumPy.

    apt-get install python3-scipy
    /usr/bin/python3 tests/peers/memorization_reference.py > tests/GanSharp.MeasurementTests/Metrics/Memorization/Fixtures/memorization.json

The features are sums of integers of a linear congruential generator, so that the test makes the same ones. Some generated ones are copies of training ones, and where
"grid" is set all are rounded to a coarse grid, so that many distances are equal.
"""
import json

import numpy as np
from scipy.spatial.distance import cdist
from scipy.stats import norm, t


def features(seed, count, size, grid):
    state, values = seed, []
    for _ in range(count * size):
        total = 0
        for _ in range(4):
            state = (1103515245 * state + 12345) % 2**31
            total += state / 2**31
        values.append(total - 2)
    x = np.array(values).reshape(count, size)
    return np.round(x / grid) * grid if grid else x


def student(degrees):
    """The quantile by Abramowitz and Stegun 26.7.5, as the library has it."""
    z = norm.ppf(0.975)
    polynomials = [[1, 0], [0.25, 0, 0.25, 0], np.array([5, 0, 16, 0, 3, 0]) / 96, np.array([3, 0, 19, 0, 17, 0, -15, 0]) / 384,
                   np.array([79, 0, 776, 0, 1482, 0, -1920, 0, -945, 0]) / 92160]
    value = sum(np.polyval(polynomial, z) / degrees**power for power, polynomial in enumerate(polynomials))
    assert abs(value / t.ppf(0.975, degrees) - 1) < 0.005
    return value


def share(generated, training, held_out):
    to_training, to_held_out = cdist(generated, training), cdist(generated, held_out)
    near, far = to_training.min(1), to_held_out.min(1)
    value = np.mean(np.where(near < far, 1.0, np.where(near == far, 0.5, 0.0)))
    # Which of all real ones is the nearest; of equal ones the first, training ones before held-out ones.
    counts = np.bincount(np.hstack([to_training, to_held_out]).argmin(1), minlength=2 * len(training))
    m, pool = len(generated), 2 * len(training)
    effective = min(m, m**2 / (np.sum(counts**2) - m**2 / pool) * (pool - 1) / pool)
    z = student(max(effective - 1, 3))
    center, half = (value + z**2 / effective / 2) / (1 + z**2 / effective), z / (1 + z**2 / effective) * np.sqrt(value * (1 - value) / effective + z**2 / effective**2 / 4)
    return value, effective, center - half, center + half


cases = []
for seed, generated, real, size, grid, copies, neighbors in [(1, 60, 200, 6, 0, 0, 3), (2, 80, 150, 4, 0, 40, 5), (3, 50, 120, 2, 0.5, 10, 4), (4, 40, 30, 1, 0.25, 5, 30)]:
    x, y, h = features(seed, generated, size, grid), features(seed + 100, real, size, grid), features(seed + 200, real, size, grid)
    x[:copies] = y[:copies]
    distances = cdist(x, y)
    order = distances.argsort(1, kind="stable")[:, :neighbors]
    value, effective, lower, upper = share(x, y, h)
    cases.append({"seed": seed, "generated": generated, "real": real, "size": size, "grid": grid, "copies": copies, "neighbors": neighbors,
                  "indexes": order.ravel().tolist(), "distances": np.take_along_axis(distances, order, 1).ravel().tolist(),
                  "share": value, "lower": lower, "upper": upper})
print(json.dumps({"numpy": np.__version__, "cases": cases}))
