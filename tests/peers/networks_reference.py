"""Spectral norm, weight norm, conditional batch norm, self-attention, residual blocks and SNGAN's pair in PyTorch, for GanSharp's tests to compare with.

Norms are torch's own (torch.nn.utils.parametrizations.spectral_norm, torch.nn.utils.weight_norm); the rest is written from the papers, in float64.
Weights and inputs come from a congruential generator that both sides have, so that the file holds results alone.

    /usr/bin/python3 tests/peers/networks_reference.py          (Debian: python3-torch)
"""
import itertools
import json
import pathlib

import torch
from torch import nn
from torch.nn import functional as F

TARGET = pathlib.Path(__file__).resolve().parents[1] / "GanSharp.Tests/Networks/Fixtures/networks.json"
STEPS, RATE, CLASSES, BATCH = 3, 0.05, 3, 4
NAMES = {"parametrizations.weight.original": "weight", "parametrizations.weight.0._u": "u", "parametrizations.weight.0._v": "v", "weight_g": "g", "weight_v": "v"}
torch.set_default_dtype(torch.float64)


class Numbers:
    """Numbers in [-0.5, 0.5), the same on both sides."""

    def __init__(self, seed):
        self.seed = seed

    def take(self, shape):
        values = []
        for _ in range(torch.Size(shape).numel()):
            self.seed = (1_103_515_245 * self.seed + 12_345) % 2 ** 31
            values.append(self.seed / 2 ** 31 - 0.5)
        return torch.tensor(values).reshape(shape)


def renamed(name):
    for torchs, ours in NAMES.items():
        name = name.replace(torchs, ours)
    return name


def parameters(module):
    return sorted((renamed(name), value) for name, value in module.named_parameters())


def vectors(module):
    return sorted(((renamed(name), value) for name, value in module.named_buffers() if "parametrizations" in name), key=lambda named: named[0])


def spectral(layer):
    return nn.utils.parametrizations.spectral_norm(layer)


def layer(made, is_spectral):
    return spectral(made) if is_spectral else made


class ConditionalBatchNorm(nn.Module):
    """gamma_y (x - mean) / sqrt(variance + epsilon) + beta_y (Dumoulin et al. 2017)."""

    def __init__(self, features, classes):
        super().__init__()
        self.scale, self.shift = nn.Embedding(classes, features), nn.Embedding(classes, features)
        self.mean, self.variance = torch.zeros(features), torch.ones(features)

    def forward(self, x, labels):
        if self.training:
            mean, variance = x.mean((0, 2, 3)), x.var((0, 2, 3), unbiased=False)
            self.mean = 0.9 * self.mean + 0.1 * mean.detach()
            self.variance = 0.9 * self.variance + 0.1 * x.var((0, 2, 3), unbiased=True).detach()
        else:
            mean, variance = self.mean, self.variance
        normal = (x - mean[None, :, None, None]) / (variance[None, :, None, None] + 1e-5).sqrt()
        return self.scale(labels)[:, :, None, None] * normal + self.shift(labels)[:, :, None, None]


class Up(nn.Module):
    """The generator's block (Miyato et al. 2018, figure 4 left), with the 1 x 1 convolution behind the upsampling."""

    def __init__(self, inputs, outputs, classes=None, is_spectral=False):
        super().__init__()
        self.classes = classes
        self.norm1 = ConditionalBatchNorm(inputs, classes) if classes else nn.BatchNorm2d(inputs)
        self.norm2 = ConditionalBatchNorm(outputs, classes) if classes else nn.BatchNorm2d(outputs)
        self.conv1 = layer(nn.Conv2d(inputs, outputs, 3, padding=1), is_spectral)
        self.conv2 = layer(nn.Conv2d(outputs, outputs, 3, padding=1), is_spectral)
        self.shortcut = layer(nn.Conv2d(inputs, outputs, 1), is_spectral)

    def forward(self, x, labels=None):
        arguments = (labels,) if self.classes else ()
        double = nn.Upsample(scale_factor=2, mode="nearest")
        inner = self.conv1(double(F.relu(self.norm1(x, *arguments))))
        return self.conv2(F.relu(self.norm2(inner, *arguments))) + self.shortcut(double(x))


class Down(nn.Module):
    """The discriminator's block (figure 4 right); of the first one, the shortcut pools first."""

    def __init__(self, inputs, outputs, halves, first, is_spectral=True):
        super().__init__()
        self.halves, self.first = halves, first
        hidden = outputs if first else inputs
        self.conv1 = layer(nn.Conv2d(inputs, hidden, 3, padding=1), is_spectral)
        self.conv2 = layer(nn.Conv2d(hidden, outputs, 3, padding=1), is_spectral)
        self.shortcut = layer(nn.Conv2d(inputs, outputs, 1), is_spectral) if halves or inputs != outputs else None

    def forward(self, x):
        pool = (lambda values: F.avg_pool2d(values, 2)) if self.halves else (lambda values: values)
        inner = pool(self.conv2(F.relu(self.conv1(x if self.first else F.relu(x)))))
        if self.shortcut is None:
            return inner + x
        return inner + (self.shortcut(pool(x)) if self.first else pool(self.shortcut(x)))


class Attention(nn.Module):
    """Zhang et al. 2019, equations 1 to 3, position by position."""

    def __init__(self, channels, is_spectral):
        super().__init__()
        inner = max(1, channels // 8)
        made = lambda inputs, outputs: layer(nn.Conv2d(inputs, outputs, 1, bias=False), is_spectral)
        self.key, self.query, self.value, self.output = made(channels, inner), made(channels, inner), made(channels, inner), made(inner, channels)
        self.gamma = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        count, channels, height, width = x.shape
        f, g, h = (flat.reshape(count, -1, height * width) for flat in (self.key(x), self.query(x), self.value(x)))
        outputs = []
        for j in range(height * width):
            scores = torch.stack([(f[:, :, i] * g[:, :, j]).sum(1) for i in range(height * width)], 1)
            beta = scores.exp() / scores.exp().sum(1, keepdim=True)
            outputs.append((beta[:, None, :] * h).sum(2))
        seen = torch.stack(outputs, 2).reshape(count, -1, height, width)
        return self.gamma * self.output(seen) + x


class Generator(nn.Module):
    def __init__(self, latents, width, channels, classes):
        super().__init__()
        self.width = width
        self.project = nn.Linear(latents, width * 2 * 2)
        self.blocks = nn.ModuleList([Up(width, width, classes), Up(width, width, classes)])
        self.norm = nn.BatchNorm2d(width)
        self.output = nn.Conv2d(width, channels, 3, padding=1)

    def forward(self, z, labels):
        x = self.project(z).reshape(-1, self.width, 2, 2)
        for block in self.blocks:
            x = block(x, labels)
        return torch.tanh(self.output(F.relu(self.norm(x))))


class Discriminator(nn.Module):
    """Projection (Miyato and Koyama 2018): psi(phi(x)) + <e_y, phi(x)>."""

    def __init__(self, width, channels, classes):
        super().__init__()
        self.blocks = nn.ModuleList([Down(channels, width, True, True), Down(width, width, True, False), Down(width, width, False, False), Down(width, width, False, False)])
        self.head = spectral(nn.Linear(width, 1))
        self.projection = spectral(nn.Embedding(classes, width))

    def forward(self, x, labels):
        for block in self.blocks:
            x = block(x)
        features = F.relu(x).sum((2, 3))
        return self.head(features)[:, 0] + (self.projection(labels) * features).sum(1)


LABELS = torch.tensor([2, 0, 1, 2])
CASES = {
    "spectral linear": (lambda: spectral(nn.Linear(5, 4)), (BATCH, 5)),
    "spectral convolution": (lambda: spectral(nn.Conv2d(3, 4, 3, stride=2, padding=1)), (2, 3, 5, 5)),
    "spectral transposed convolution": (lambda: spectral(nn.ConvTranspose2d(3, 4, 4, stride=2, padding=1)), (2, 3, 3, 3)),
    "spectral embedding": (lambda: spectral(nn.Embedding(CLASSES, 5)), None),
    "weight linear": (lambda: nn.utils.weight_norm(nn.Linear(5, 4)), (BATCH, 5)),
    "weight convolution": (lambda: nn.utils.weight_norm(nn.Conv2d(3, 4, 3, stride=2, padding=1)), (2, 3, 5, 5)),
    "weight transposed convolution": (lambda: nn.utils.weight_norm(nn.ConvTranspose2d(3, 4, 4, stride=2, padding=1), dim=1), (2, 3, 3, 3)),
    "conditional batch norm": (lambda: ConditionalBatchNorm(3, CLASSES), (BATCH, 3, 2, 2)),
    "up": (lambda: Up(3, 2), (BATCH, 3, 2, 2)),
    "up, conditional and spectral": (lambda: Up(2, 3, CLASSES, True), (BATCH, 2, 2, 2)),
    "down, first": (lambda: Down(3, 4, True, True), (2, 3, 4, 4)),
    "down": (lambda: Down(3, 4, True, False), (2, 3, 4, 4)),
    "down, plain": (lambda: Down(3, 3, False, False, False), (2, 3, 4, 4)),
    "attention": (lambda: Attention(16, False), (2, 16, 2, 3)),
    "attention, spectral": (lambda: Attention(16, True), (2, 16, 2, 3)),
    "generator": (lambda: Generator(6, 4, 3, CLASSES), (BATCH, 6)),
    "discriminator": (lambda: Discriminator(4, 3, CLASSES), (BATCH, 3, 8, 8)),
}
CONDITIONAL = {"conditional batch norm", "up, conditional and spectral", "generator", "discriminator"}


def thinned(values):
    """Every k-th value, so that no more than 48 are left."""
    flat = values.detach().flatten()
    return flat[::-(-flat.numel() // 48)].tolist()


def run(name, make, shape, seed):
    numbers, module = Numbers(seed), make()
    with torch.no_grad():
        for _, value in parameters(module):
            value.copy_(numbers.take(value.shape))
        for _, value in vectors(module):
            value.copy_(F.normalize(numbers.take(value.shape), dim=0))
    inputs = LABELS if shape is None else numbers.take(shape).requires_grad_()
    arguments = (inputs, LABELS) if name in CONDITIONAL else (inputs,)
    steps = []
    for _ in range(STEPS):
        module.zero_grad()
        inputs.grad = None
        output = module(*arguments)
        (output * numbers.take(output.shape)).sum().backward()
        gradients = {key: value.grad for key, value in parameters(module)}
        if shape is not None:
            gradients["input"] = inputs.grad
        steps.append({
            "output": thinned(output),
            "gradients": {key: (gradient * numbers.take(gradient.shape)).sum().item() for key, gradient in sorted(gradients.items())},
            "vectors": {key: value.tolist() for key, value in vectors(module)},
        })
        with torch.no_grad():
            for _, value in parameters(module):
                value -= RATE * value.grad
    module.eval()
    return {"seed": seed, "shape": shape or [], "steps": steps, "evaluation": thinned(module(*arguments))}


if __name__ == "__main__":
    torch.manual_seed(0)
    TARGET.write_text(json.dumps({name: run(name, *case, seed) for seed, (name, case) in zip(itertools.count(1), CASES.items())}, indent=None, separators=(",", ":")) + "\n")
    print(TARGET, TARGET.stat().st_size)
