"""Writes reference values of GanSharp.Networks.StyleGan by PyTorch, in float64.

    /usr/bin/python3 tests/peers/stylegan2_reference.py > tests/GanSharp.Tests/Networks/Fixtures/stylegan2.json

The networks are written from the paper's description. A modulated convolution makes the weights of every sample and convolves in groups, where the library scales the channels of input and
output; filters are convolutions of each channel, where it multiplies matrices. Weights, samples and latents are integers of a linear congruential generator, so that the test makes the same.
"""
import json
import math
import sys

import torch
from torch import nn
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
BATCH = 4


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
            scale = 0.1 if parameter.dim() == 1 else 150 if name.startswith("mapping.layers") else 1.5
            parameter.copy_(numbers(seed + 7919 * (index + 1), *parameter.shape) * scale)
    return network


TAPS = torch.tensor([1.0, 3.0, 3.0, 1.0])
KERNEL = (TAPS[:, None] * TAPS[None, :] / 64).view(1, 1, 4, 4)


def filtered(x, padding, stride=1, gain=1):
    n, c, h, w = x.shape
    y = F.conv2d(x.reshape(n * c, 1, h, w), gain * KERNEL, stride=stride, padding=padding)
    return y.view(n, c, *y.shape[2:])


def doubled(x):
    n, c, h, w = x.shape
    return F.conv_transpose2d(x.reshape(n * c, 1, h, w), 4 * KERNEL, stride=2, padding=1).view(n, c, 2 * h, 2 * w)


def activated(x):
    return F.leaky_relu(x, 0.2) * math.sqrt(2)


def normalized(x):
    return x / (x.square().mean(1, keepdim=True) + 1e-8).sqrt()


class Linear(nn.Module):
    def __init__(self, inputs, outputs, multiplier=1):
        super().__init__()
        self.weight, self.bias, self.multiplier = nn.Parameter(torch.empty(outputs, inputs)), nn.Parameter(torch.empty(outputs)), multiplier

    def forward(self, x):
        return F.linear(x, self.weight * self.multiplier / math.sqrt(self.weight.shape[1]), self.bias * self.multiplier)


class Conv(nn.Module):
    def __init__(self, inputs, outputs, size, stride=1, bias=True):
        super().__init__()
        self.weight, self.stride = nn.Parameter(torch.empty(outputs, inputs, size, size)), stride
        self.bias = nn.Parameter(torch.empty(outputs)) if bias else None

    def forward(self, x):
        size = self.weight.shape[2]
        return F.conv2d(x, self.weight / math.sqrt(self.weight[0].numel()), self.bias, self.stride, size // 2 if self.stride == 1 else 0)


class Modulated(nn.Module):
    def __init__(self, inputs, outputs, size, styles, demodulates=True, doubles=False):
        super().__init__()
        self.weight, self.style = nn.Parameter(torch.empty(outputs, inputs, size, size)), Linear(styles, inputs)
        self.demodulates, self.doubles = demodulates, doubles

    def forward(self, x, w):
        n, c, h, wide = x.shape
        outputs, size = self.weight.shape[0], self.weight.shape[2]
        own = self.weight[None] / math.sqrt(self.weight[0].numel()) * self.style(w)[:, None, :, None, None]
        if self.demodulates:
            own = own / (own.square().sum((2, 3, 4), keepdim=True) + 1e-8).sqrt()
        x = x.reshape(1, n * c, h, wide)
        if not self.doubles:
            return F.conv2d(x, own.reshape(n * outputs, c, size, size), padding=size // 2, groups=n).view(n, outputs, h, wide)
        y = F.conv_transpose2d(x, own.transpose(1, 2).reshape(n * c, outputs, size, size), stride=2, groups=n)
        return filtered(y.view(n, outputs, *y.shape[2:]), 1, gain=4)


class StyledLayer(nn.Module):
    def __init__(self, convolution, channels, noise):
        super().__init__()
        self.convolution, self.bias = convolution, nn.Parameter(torch.empty(channels))
        self.strength = nn.Parameter(torch.empty(1)) if noise else None

    def forward(self, x, w, noise):
        y = self.convolution(x, w) + self.bias[:, None, None]
        return activated(y if noise is None else y + noise * self.strength)


class Mapping(nn.Module):
    def __init__(self, case):
        super().__init__()
        size = case["latentSize"]
        self.embedding = nn.Embedding(case["classes"], size) if case["classes"] else None
        self.layers = nn.Sequential()
        for layer in range(case["mappingLayers"]):
            self.layers.add_module(f"linear{layer}", Linear(2 * size if layer == 0 and case["classes"] else size, size, 0.01))

    def forward(self, z, labels):
        w = normalized(z) if self.embedding is None else torch.cat([normalized(z), normalized(self.embedding(labels))], 1)
        for layer in self.layers:
            w = activated(layer(w))
        return w


class Synthesis(nn.Module):
    def __init__(self, case):
        super().__init__()
        maps, size, channels = maps_of(case)[::-1], case["latentSize"], case["image"][0]
        self.constant = nn.Parameter(torch.empty(maps[0][2], *maps[0][:2]))
        self.layers, self.colors, self.biases, self.noise = nn.ModuleList(), nn.ModuleList(), nn.ParameterList(), []
        for level, (h, w, c) in enumerate(maps):
            for convolution in ([Modulated(maps[level - 1][2], c, 3, size, doubles=True)] if level else []) + [Modulated(c, c, 3, size)]:
                self.layers.append(StyledLayer(convolution, c, case["noise"]))
                self.noise.append((h, w))
            self.colors.append(Modulated(c, channels, 1, size, demodulates=False))
            self.biases.append(nn.Parameter(torch.empty(channels)))

    def forward(self, w, noise):
        x, image = self.constant.expand(len(w), -1, -1, -1), None
        pieces = [None] * len(self.noise) if noise is None else [
            piece.view(-1, 1, *shape) for piece, shape in zip(noise.split([h * wide for h, wide in self.noise], 1), self.noise)]
        for index, (layer, piece) in enumerate(zip(self.layers, pieces)):
            x = layer(x, w, piece)
            if index % 2 == 0:
                level = index // 2
                colors = self.colors[level](x, w) + self.biases[level][:, None, None]
                image = colors if image is None else doubled(image) + colors
        return image


class Generator(nn.Module):
    def __init__(self, case):
        super().__init__()
        self.mapping, self.synthesis, self.size = Mapping(case), Synthesis(case), case["latentSize"]

    def forward(self, z, labels):
        return self.synthesis(self.mapping(z[:, :self.size], labels), z[:, self.size:] if z.shape[1] > self.size else None)


class Layer(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


class Block(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.skip = nn.Sequential()
        self.skip.add_module("down", Layer(lambda x: filtered(x, 1, 2)))
        self.skip.add_module("convolution", Conv(inputs, outputs, 1, bias=False))
        self.body = nn.Sequential()
        for name, layer in [("convolution1", Conv(inputs, inputs, 3)), ("activation1", Layer(activated)), ("blur", Layer(lambda x: filtered(x, 2))),
                            ("convolution2", Conv(inputs, outputs, 3, 2)), ("activation2", Layer(activated))]:
            self.body.add_module(name, layer)

    def forward(self, x):
        return (self.body(x) + self.skip(x)) / math.sqrt(2)


def deviation(x, group):
    n = len(x)
    groups = x.reshape(group, n // group, *x.shape[1:])
    values = (groups.var(0, unbiased=False) + 1e-8).sqrt().mean((1, 2, 3))
    return torch.cat([x, torch.stack([values[index % len(values)] for index in range(n)]).view(n, 1, 1, 1).expand(n, 1, *x.shape[2:])], 1)


class Discriminator(nn.Module):
    def __init__(self, case):
        super().__init__()
        maps, group = maps_of(case), case["minibatchGroup"]
        h, w, c = maps[-1]
        self.embedding = nn.Embedding(case["classes"], c) if case["classes"] else None
        layers = [("input", Conv(case["image"][0], maps[0][2], 1)), ("activation0", Layer(activated))]
        layers += [(f"down{b[0]}x{b[1]}", Block(a[2], b[2])) for a, b in zip(maps, maps[1:])]
        layers += [("deviation", Layer(lambda x: deviation(x, group)))] if group else []
        layers += [("last", Conv(c + 1 if group else c, c, 3)), ("activation1", Layer(activated)), ("flatten", nn.Flatten()),
                   ("hidden", Linear(c * h * w, c)), ("activation2", Layer(activated)), ("head", Linear(c, c if case["classes"] else 1))]
        self.body = nn.Sequential()
        for name, layer in layers:
            self.body.add_module(name, layer)

    def forward(self, x, labels):
        values = self.body(x)
        return values[:, 0] if self.embedding is None else (values * normalized(self.embedding(labels))).sum(1) / math.sqrt(values.shape[1])


def maps_of(case):
    maps = [case["image"][1:]]
    while all(side % 2 == 0 and side >= 8 for side in maps[-1]):
        maps.append([side // 2 for side in maps[-1]])
    return [(h, w, c) for (h, w), c in zip(maps, case["widths"])]


def projections(tensors):
    """Of each its product with random numbers, and its sum of squares."""
    return [[(t * numbers(31 + index, *t.shape)).sum().item(), t.square().sum().item()] for index, t in enumerate(tensors)]


def gradients(network):
    return projections([parameter.grad for _, parameter in ordered(network)])


def forward(case):
    generator, discriminator = fill(Generator(case), 100), fill(Discriminator(case), 200)
    labels = torch.arange(BATCH) % case["classes"] if case["classes"] else None
    noise = sum(h * w for h, w in generator.synthesis.noise) if case["noise"] else 0
    z, x = numbers(3, BATCH, case["latentSize"] + noise).requires_grad_(), numbers(4, BATCH, *case["image"]).requires_grad_()
    samples = generator(z, labels)
    # The second derivative is what a path length penalty needs.
    (slope,) = torch.autograd.grad((samples * numbers(5, *samples.shape)).sum(), z, create_graph=True)
    (slope.square().sum() + samples.square().mean()).backward()
    logits = discriminator(x, labels)
    (gradient,) = torch.autograd.grad(logits.sum(), x, create_graph=True)
    penalties = gradient.square().flatten(1).sum(1)
    (logits * numbers(6, BATCH) + penalties).sum().backward()
    return {
        "samples": samples.flatten().tolist(), "slope": slope.flatten().tolist(), "generatorGradients": gradients(generator), "logits": logits.tolist(), "penalties": penalties.tolist(),
        "inputGradient": projections([x.grad])[0], "discriminatorGradients": gradients(discriminator),
    }


CASES = [
    {"image": [1, 8, 12], "latentSize": 5, "widths": [3, 4], "mappingLayers": 2, "noise": True, "minibatchGroup": None, "classes": 0},
    {"image": [3, 16, 16], "latentSize": 4, "widths": [2, 4, 4], "mappingLayers": 1, "noise": False, "minibatchGroup": 2, "classes": 3},
]

json.dump([{"case": case, "forward": forward(case)} for case in CASES], sys.stdout)
