"""Reference values of the Pareto shape k-hat, in decimal arithmetic of 50 digits and written from the papers alone (no numpy, no GanSharp).

    python3 tests/peers/pareto_tail.py > tests/GanSharp.MeasurementTests/Diagnostics/Fixtures/pareto-tail.json

Zhang and Stephens (2009): the posterior mean of theta over a grid, k = mean ln(1 - theta x). Vehtari et al. (2024): a tail of
ceil(min(S / 5, 3 sqrt(S))) weights, the cutoff the largest weight outside it, 30 + floor(sqrt(M)) grid points, and a prior worth
ten samples of shape 1/2. The samples follow formulas of their index, so that both sides can make them. Beside the k-hat of long Pareto
tails stands the maximum of the likelihood on a fine grid of theta: another estimator, which must be near.
"""
import json
import math
from decimal import Decimal, getcontext

getcontext().prec = 50


def uniform(index):
    """The fractional part of index * golden ratio: evenly spread, and the same in any language in doubles of 53 bits."""
    return (index * 0.6180339887498949) % 1.0


def log_weights(case):
    out = []
    for index in range(1, case["samples"] + 1):
        u = uniform(index)
        if case["law"] == "pareto":
            # ln of a generalized Pareto variable of scale 1: ((1 - u)^-k - 1) / k.
            out.append(math.log(((1 - u) ** -case["shape"] - 1) / case["shape"]))
        elif case["law"] == "exponential":
            out.append(math.log(-math.log1p(-u)))
        elif case["law"] == "squared":
            out.append(case["shape"] * u * u)
        else:
            out.append(case["shape"] * math.log(u / (1 - u)))
    return out


def tail(values):
    size = math.ceil(min(len(values) / 5, 3 * math.sqrt(len(values))))
    ordered = sorted(values)
    top = Decimal(ordered[-1])
    cutoff = (Decimal(ordered[-size - 1]) - top).exp()
    return [(Decimal(v) - top).exp() - cutoff for v in ordered[-size:]]


def shape_at(theta, x):
    return sum((1 - theta * v).ln() for v in x) / len(x)


def profile(theta, x):
    k = shape_at(theta, x)
    return len(x) * ((-theta / k).ln() - k - 1)


def zhang_stephens(x):
    m = 30 + math.isqrt(len(x))
    quartile = x[math.floor(len(x) / 4 + 0.5) - 1]
    thetas = [1 / x[-1] + (1 - (Decimal(m) / (Decimal(j) - Decimal("0.5"))).sqrt()) / (3 * quartile) for j in range(1, m + 1)]
    likelihoods = [profile(t, x) for t in thetas]
    weights = [1 / sum((other - own).exp() for other in likelihoods) for own in likelihoods]
    k = shape_at(sum(w * t for w, t in zip(weights, thetas)), x)
    return (k * len(x) + 10 * Decimal("0.5")) / (len(x) + 10)


def maximum_likelihood(x):
    low, high = -Decimal(20) / x[len(x) // 2], Decimal("-1e-6") / x[-1]
    grid = [low * (high / low) ** (Decimal(i) / 200) for i in range(201)]
    best = max(grid, key=lambda t: profile(t, x))
    return shape_at(best, x)


CASES = [
    {"law": "pareto", "shape": 0.2, "samples": 1000},
    {"law": "pareto", "shape": 0.5, "samples": 2000},
    {"law": "pareto", "shape": 0.823, "samples": 2000},
    {"law": "pareto", "shape": 1.5, "samples": 500},
    {"law": "exponential", "shape": 0, "samples": 1000},
    {"law": "squared", "shape": 3.0, "samples": 400},
    {"law": "logistic", "shape": 0.7, "samples": 1000},
    {"law": "logistic", "shape": 60.0, "samples": 300},
    {"law": "pareto", "shape": 0.5, "samples": 30},
]
for case in CASES:
    x = tail(log_weights(case))
    case["kHat"] = float(zhang_stephens(x))
    if case["law"] == "pareto" and case["samples"] >= 1000:
        case["maximumLikelihood"] = float(maximum_likelihood(x))
    case["limit"] = min(1 - 1 / math.log10(case["samples"]), 0.7)
print(json.dumps(CASES, indent=1))
