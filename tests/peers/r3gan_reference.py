"""Writes reference values of GanSharp.Networks.R3Gan by PyTorch, in float64.

    /usr/bin/python3 tests/peers/r3gan_reference.py > tests/GanSharp.Tests/Networks/Fixtures/r3gan.json

The networks are written from the paper's description and compute what the authors' code computes: resampling is a (transposed) convolution of each channel, where the library multiplies
matrices, classes are one-hot vectors in front of a linear layer, where it has a table, and the end of D is a convolution, where it multiplies and sums. Weights, samples and latents are
integers of a linear congruential generator, so that the test makes the same ones.
"""
import json
import math
import sys

import torch
from torch import nn
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
BATCH, STEPS, GAMMA, RATE, BETAS = 4, 20, 0.5, 1e-2, (0.0, 0.99)


def numbers(seed, *shape):
    state, values = seed, []
    for _ in range(math.prod(shape)):
        state = (1103515245 * state + 12345) % 2**31
        values.append(state / 2**30 - 1)
    return torch.tensor(values).reshape(shape)


def ordered(network):
    return sorted(network.named_parameters(), key=lambda named: named[0])


def fill(network, seed):
    with torch.no_grad():
        for index, (name, parameter) in enumerate(ordered(network)):
            fan_in = parameter.numel() / parameter.shape[0]
            scale = 1.5 / math.sqrt(fan_in) if parameter.dim() > 1 else 0.1
            parameter.copy_(numbers(seed + 7919 * (index + 1), *parameter.shape) * scale)
    return network


TAPS = torch.tensor([1.0, 3.0, 3.0, 1.0])
KERNEL = (TAPS[:, None] * TAPS[None, :] / 64).view(1, 1, 4, 4)


class Up(nn.Module):
    def forward(self, x):
        n, c, h, w = x.shape
        return F.conv_transpose2d(x.reshape(n * c, 1, h, w), 4 * KERNEL, stride=2, padding=1).view(n, c, 2 * h, 2 * w)


class Down(nn.Module):
    def forward(self, x):
        n, c, h, w = x.shape
        return F.conv2d(x.reshape(n * c, 1, h, w), KERNEL, stride=2, padding=1).view(n, c, h // 2, w // 2)


def named(layers):
    sequence = nn.Sequential()
    for name, layer in layers:
        sequence.add_module(name, layer)
    return sequence


class Block(nn.Module):
    def __init__(self, channels, groups, expansion):
        super().__init__()
        inside = channels * expansion
        self.body = named([
            ("widen", nn.Conv2d(channels, inside, 1)), ("activation1", nn.LeakyReLU(0.2)),
            ("mix", nn.Conv2d(inside, inside, 3, padding=1, groups=groups)), ("activation2", nn.LeakyReLU(0.2)),
            ("narrow", nn.Conv2d(inside, channels, 1, bias=False))])

    def forward(self, x):
        return x + self.body(x)


class GenerativeBasis(nn.Module):
    def __init__(self, latents, channels, h, w):
        super().__init__()
        self.basis, self.amounts = nn.Parameter(torch.empty(channels, h, w)), nn.Linear(latents, channels, bias=False)

    def forward(self, z):
        return self.basis[None] * self.amounts(z)[:, :, None, None]


class DiscriminativeBasis(nn.Module):
    def __init__(self, channels, h, w, outputs):
        super().__init__()
        self.basis, self.head = nn.Parameter(torch.empty(channels, h, w)), nn.Linear(channels, outputs, bias=False)

    def forward(self, x):
        return self.head(F.conv2d(x, self.basis[:, None], groups=x.shape[1]).flatten(1))


def sides(image):
    maps = [image[1:]]
    while all(side % 2 == 0 and side >= 8 for side in maps[-1]):
        maps.append([side // 2 for side in maps[-1]])
    return maps


def maps_of(case):
    return [(h, w, c, max(1, c * case["expansion"] // case["groupSize"])) for (h, w), c in zip(sides(case["image"]), case["widths"])]


def blocks(case, h, w, c, groups):
    return [(f"block{h}x{w}_{index + 1}", Block(c, groups, case["expansion"])) for index in range(case["blocksPerMap"])]


def change(a, b):
    return [] if a[2] == b[2] else [(f"change{b[0]}x{b[1]}", nn.Conv2d(a[2], b[2], 1, bias=False))]


class Table(nn.Module):
    """A linear layer of one-hot vectors, whose weight is kept as a table has it."""

    def __init__(self, classes, size):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(classes, size))

    def forward(self, labels):
        return F.linear(F.one_hot(labels, self.weight.shape[0]).double(), self.weight.t())


class Generator(nn.Module):
    def __init__(self, case):
        super().__init__()
        maps, latents = maps_of(case)[::-1], case["latentSize"]
        self.embedding = Table(case["classes"], latents) if case["classes"] else None
        layers = [("basis", GenerativeBasis(2 * latents if case["classes"] else latents, maps[0][2], *maps[0][:2]))] + blocks(case, *maps[0])
        for before, now in zip(maps, maps[1:]):
            layers += change(before, now) + [(f"up{now[0]}x{now[1]}", Up())] + blocks(case, *now)
        self.body = named(layers + [("output", nn.Conv2d(maps[-1][2], case["image"][0], 1, bias=False))])

    def forward(self, z, labels):
        return self.body(z if self.embedding is None else torch.cat([z, self.embedding(labels)], 1))


class Discriminator(nn.Module):
    def __init__(self, case):
        super().__init__()
        maps = maps_of(case)
        h, w, c, _ = maps[-1]
        self.embedding = Table(case["classes"], c) if case["classes"] else None
        layers = [("input", nn.Conv2d(case["image"][0], maps[0][2], 1, bias=False))] + blocks(case, *maps[0])
        for before, now in zip(maps, maps[1:]):
            layers += [(f"down{now[0]}x{now[1]}", Down())] + change(before, now) + blocks(case, *now)
        self.body = named(layers + [("basis", DiscriminativeBasis(c, h, w, c if case["classes"] else 1))])

    def forward(self, x, labels):
        values = self.body(x)
        return (values[:, 0] if self.embedding is None else (values * self.embedding(labels)).sum(1))


def projections(tensors):
    """Of each its product with random numbers, and its sum of squares."""
    return [[(t * numbers(31 + index, *t.shape)).sum().item(), t.square().sum().item()] for index, t in enumerate(tensors)]


def parameters(network):
    return [parameter for _, parameter in ordered(network)]


def labels_of(case):
    return torch.arange(BATCH) % case["classes"] if case["classes"] else None


def penalty(x, logits):
    (gradient,) = torch.autograd.grad(logits.sum(), x, create_graph=True)
    return gradient.square().flatten(1).sum(1)


def forward(case):
    generator, discriminator, labels = fill(Generator(case), 100), fill(Discriminator(case), 200), labels_of(case)
    z, x = numbers(3, BATCH, case["latentSize"]).requires_grad_(), numbers(4, BATCH, *case["image"]).requires_grad_()
    samples = generator(z, labels)
    (samples * numbers(5, *samples.shape)).sum().backward()
    logits = discriminator(x, labels)
    penalties = penalty(x, logits)
    (logits * numbers(6, BATCH) + penalties).sum().backward()
    return {
        "samples": samples.flatten().tolist(), "latentGradient": z.grad.flatten().tolist(), "generatorGradients": projections([p.grad for p in parameters(generator)]),
        "logits": logits.tolist(), "penalties": penalties.tolist(), "inputGradient": projections([x.grad])[0],
        "discriminatorGradients": projections([p.grad for p in parameters(discriminator)]),
    }


def train(case):
    generator, discriminator, labels = fill(Generator(case), 100), fill(Discriminator(case), 200), labels_of(case)
    optimizers = [torch.optim.Adam(network.parameters(), RATE, BETAS) for network in (generator, discriminator)]
    losses = []
    for step in range(STEPS):
        real, z = numbers(1000 + step, BATCH, *case["image"]).requires_grad_(), numbers(2000 + step, BATCH, case["latentSize"])
        fake = generator(z, labels)
        seen = fake.detach().requires_grad_()
        real_logits, fake_logits = discriminator(real, labels), discriminator(seen, labels)
        d_loss = (F.softplus(fake_logits - real_logits) + GAMMA / 2 * (penalty(real, real_logits) + penalty(seen, fake_logits))).mean()
        optimizers[1].zero_grad()
        d_loss.backward()
        optimizers[1].step()
        g_loss = F.softplus(discriminator(real.detach(), labels) - discriminator(fake, labels)).mean()
        optimizers[0].zero_grad()
        g_loss.backward()
        optimizers[0].step()
        losses.append([d_loss.item(), g_loss.item()])
    return {"losses": losses, "generator": projections(parameters(generator)), "discriminator": projections(parameters(discriminator))}


CASES = [
    {"image": [1, 12, 8], "latentSize": 5, "widths": [4, 8], "blocksPerMap": 1, "expansion": 2, "groupSize": 4, "classes": 0},
    {"image": [3, 16, 16], "latentSize": 3, "widths": [4, 4, 6], "blocksPerMap": 2, "expansion": 2, "groupSize": 4, "classes": 3},
]

with torch.no_grad():
    assert torch.allclose(Up()(numbers(1, 1, 1, 3, 5))[..., 1:-1, 1:-1], F.interpolate(numbers(1, 1, 1, 3, 5), scale_factor=2, mode="bilinear", align_corners=False)[..., 1:-1, 1:-1])
json.dump([{"case": case, "forward": forward(case), "training": train(case)} for case in CASES], sys.stdout)
