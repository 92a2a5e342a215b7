"""Writes reference values of GanSharp.Metrics.Images.StructuralSimilarity by SciPy and NumPy.

    apt-get install python3-scipy
    /usr/bin/python3 tests/peers/structural_similarity_reference.py > tests/GanSharp.MeasurementTests/Metrics/Images/Fixtures/structural-similarity.json

The images are smoothed integers of a linear congruential generator, so that the test makes the same ones. The window is the full two-dimensional one of the
authors' MATLAB file, where the library filters rows and columns, and variances are means of squared deviations from each window's mean, where it takes differences of means.
"""
import json

import numpy as np
from scipy.signal import convolve2d

WEIGHTS = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]
RANGE = 2.0

at = np.arange(11) - 5
WINDOW = np.exp(-(at[:, None] ** 2 + at[None, :] ** 2) / (2 * 1.5**2))
WINDOW /= WINDOW.sum()


def numbers(seed, count):
    state, values = seed, []
    for _ in range(count):
        state = (1103515245 * state + 12345) % 2**31
        values.append(state / 2**30 - 1)
    return np.array(values)


def image(seed, shape, smoothing):
    """Each pixel the mean of itself and its neighbors to the right and below, cyclically, several times; then stretched to [-1, 1]."""
    x = numbers(seed, int(np.prod(shape))).reshape(shape)
    for _ in range(smoothing):
        x = (x + np.roll(x, 1, axis=1) + np.roll(x, 1, axis=2)) / 3
    return x / np.abs(x).max()


def maps(x, y):
    c1, c2 = (0.01 * RANGE) ** 2, (0.03 * RANGE) ** 2
    patches = lambda z: np.lib.stride_tricks.sliding_window_view(z, (11, 11))
    px, py = patches(x), patches(y)
    mx, my = (px * WINDOW).sum((2, 3)), (py * WINDOW).sum((2, 3))
    assert np.allclose(mx, convolve2d(x, WINDOW, mode="valid"))
    dx, dy = px - mx[..., None, None], py - my[..., None, None]
    vx, vy, vxy = ((z * WINDOW).sum((2, 3)) for z in (dx * dx, dy * dy, dx * dy))
    contrast = (2 * vxy + c2) / (vx + vy + c2)
    return (2 * mx * my + c1) / (mx**2 + my**2 + c1) * contrast, contrast


def ssim(x, y):
    return np.mean([maps(a, b)[0].mean() for a, b in zip(x, y)])


def halved(x):
    x = x[: x.shape[0] // 2 * 2, : x.shape[1] // 2 * 2]
    return x.reshape(x.shape[0] // 2, 2, x.shape[1] // 2, 2).mean((1, 3))


def ms_ssim(x, y):
    scales, side = 0, min(x.shape[1:])
    while scales < 5 and side >= 11:
        scales, side = scales + 1, side // 2
    weights = np.array(WEIGHTS[:scales]) / sum(WEIGHTS[:scales])
    channels = []
    for a, b in zip(x, y):
        product = 1.0
        for scale, weight in enumerate(weights):
            similarity, contrast = maps(a, b)
            product *= max(0.0, (similarity if scale == scales - 1 else contrast).mean()) ** weight
            a, b = halved(a), halved(b)
        channels.append(product)
    return np.mean(channels), scales


cases = []
for seed, channels, height, width, smoothing, share in [
    (1, 1, 28, 28, 3, 0.8), (2, 3, 64, 64, 6, 0.6), (3, 1, 45, 37, 4, 0.9), (4, 1, 176, 180, 12, 0.7), (5, 2, 11, 30, 2, 0.5), (6, 1, 32, 32, 3, -0.8)]:
    x, other = image(seed, (channels, height, width), smoothing), image(seed + 100, (channels, height, width), smoothing)
    y = share * x + (1 - abs(share)) * other
    product, scales = ms_ssim(x + 1, y + 1)
    cases.append({"seed": seed, "channels": channels, "height": height, "width": width, "smoothing": smoothing, "share": share,
                  "scales": scales, "similarity": ssim(x + 1, y + 1), "multiScale": product})
print(json.dumps({"numpy": np.__version__, "cases": cases}, indent=1))
