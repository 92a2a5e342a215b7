"""Writes reference values of GanSharp.Metrics.Images.Sharpness by SciPy and NumPy.

    apt-get install python3-scipy
    python3 tests/peers/sharpness_reference.py > tests/GanSharp.MeasurementTests/Metrics/Images/Fixtures/sharpness.json

The images are integers of a linear congruential generator, so that the test makes the same ones.
"""
import json

import numpy as np
from scipy.signal import convolve2d


def image(seed, height, width):
    state, values = seed, []
    for _ in range(height * width):
        state = (1103515245 * state + 12345) % 2**31
        values.append(state / 2**30 - 1)
    return np.array(values).reshape(height, width)


def laplacian_variance(x):
    return convolve2d(x, [[0, 1, 0], [1, -4, 1], [0, 1, 0]], mode="valid").var()


def high_frequency_share(x, limit):
    power = np.abs(np.fft.fft2(x - x.mean())) ** 2
    rows, columns = np.fft.fftfreq(x.shape[0]), np.fft.fftfreq(x.shape[1])
    return power[np.hypot(rows[:, None], columns[None, :]) > limit].sum() / power.sum()


cases = []
for seed, height, width, limit in [(1, 28, 28, 0.25), (2, 9, 12, 0.3), (3, 5, 5, 0.1)]:
    x = image(seed, height, width)
    cases.append({"seed": seed, "height": height, "width": width, "limit": limit,
                  "laplacianVariance": laplacian_variance(x), "highFrequencyShare": high_frequency_share(x, limit)})
print(json.dumps({"numpy": np.__version__, "cases": cases}, indent=1))
