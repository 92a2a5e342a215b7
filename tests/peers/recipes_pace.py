#!/usr/bin/env python3
"""GanSharp's recipes in PyTorch: the peer of `GanSharp.Benchmarks recipes-pace`.

    /usr/bin/python3 tests/peers/recipes_pace.py SnganHinge --seconds 4

The same networks, batch sizes, games and penalties on the same random images, as someone writes them who knows PyTorch: Adam and SGD with foreach, gradients set to None, D without gradients in
G's step, G's samples of D's last step judged again by G's step, torch's spectral_norm, a gradient penalty by create_graph, an average of G by lerp_. Where the library reorders a paper's algebra
(a 1 x 1 convolution on the smaller side of a resampling, modulation of features and not of weights), so does this. The filter (1, 3, 3, 1) is a convolution of each channel, as in the authors' code.
Prints one line of JSON with the milliseconds of a step and the shapes of all parameters, which the benchmark compares with the library's. With --check only says whether it could run.
"""
import argparse
import json
import math
import os
import sys

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

from pytorch_gan import blas, dcgan, images, layered, milliseconds_per_step

SIDE, WIDTH, SMALL_WIDTH, IMAGES = 28, 32, 8, 2_048
LAZY = 16
KERNEL = torch.tensor([1.0, 3.0, 3.0, 1.0])
KERNEL = KERNEL[:, None] * KERNEL[None, :] / 64


class Named(nn.Module):
    """A function as a layer."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


def logits_of(body):
    return nn.Sequential(body, Named(lambda x: x.squeeze(1)))


# Goodfellow et al. 2014

class Maxout(nn.Module):
    def __init__(self, inputs, units, pieces=5):
        super().__init__()
        self.linear, self.units = nn.Linear(inputs, units * pieces), units

    def forward(self, x):
        return self.linear(x).view(len(x), self.units, -1).amax(2)


def goodfellow():
    generator = nn.Sequential(*layered([100, 1_200, 1_200, SIDE * SIDE], nn.ReLU), nn.Sigmoid(), Named(lambda x: 2 * x - 1), nn.Unflatten(1, (1, SIDE, SIDE)))
    discriminator = logits_of(nn.Sequential(
        Named(lambda x: (x + 1) / 2), nn.Flatten(), nn.Dropout(0.2), Maxout(SIDE * SIDE, 240), nn.Dropout(0.5), Maxout(240, 240), nn.Dropout(0.5), nn.Linear(240, 1)))
    for network, size in ((generator, 0.05), (discriminator, 0.005)):
        for name, parameter in network.named_parameters():
            nn.init.zeros_(parameter) if name.endswith("bias") else nn.init.uniform_(parameter, -size, size)
    return generator, discriminator


# DCGAN, PacGAN, WGAN-GP

def convolutional(channels_of_d=1, latent_size=100):
    generator, _, _, _ = dcgan(SIDE, 1, WIDTH, latent_size)
    _, discriminator, _, _ = dcgan(SIDE, channels_of_d, WIDTH)
    return generator, logits_of(discriminator)


def packed():
    generator, discriminator = convolutional(channels_of_d=2)
    return generator, nn.Sequential(Named(lambda x: x.reshape(len(x) // 2, 2, SIDE, SIDE)), discriminator)


# SNGAN

def glorot(layer, gain=1.0):
    nn.init.xavier_uniform_(layer.weight, gain)
    nn.init.zeros_(layer.bias)
    return layer


class Up(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.norm1, self.norm2 = nn.BatchNorm2d(channels), nn.BatchNorm2d(channels)
        self.conv1, self.conv2 = (glorot(nn.Conv2d(channels, channels, 3, padding=1), math.sqrt(2)) for _ in range(2))
        self.shortcut = glorot(nn.Conv2d(channels, channels, 1))

    def forward(self, x):
        inner = self.conv1(F.interpolate(F.relu(self.norm1(x)), scale_factor=2.0))
        return self.conv2(F.relu(self.norm2(inner))) + F.interpolate(self.shortcut(x), scale_factor=2.0)


class Down(nn.Module):
    def __init__(self, inputs, outputs, halves, first=False):
        super().__init__()
        self.halves, self.first, hidden = halves, first, outputs if first else inputs
        self.conv1 = spectral_norm(glorot(nn.Conv2d(inputs, hidden, 3, padding=1), math.sqrt(2)))
        self.conv2 = spectral_norm(glorot(nn.Conv2d(hidden, outputs, 3, padding=1), math.sqrt(2)))
        self.shortcut = spectral_norm(glorot(nn.Conv2d(inputs, outputs, 1))) if halves or inputs != outputs else None

    def forward(self, x):
        inner = self.conv2(F.relu(self.conv1(x if self.first else F.relu(x))))
        if self.halves:
            inner, x = F.avg_pool2d(inner, 2), F.avg_pool2d(x, 2)
        return inner + (x if self.shortcut is None else self.shortcut(x))


def residual():
    wide, smallest = 2 * WIDTH, SIDE // 4
    generator = nn.Sequential(
        glorot(nn.Linear(128, wide * smallest * smallest)), nn.Unflatten(1, (wide, smallest, smallest)), Up(wide), Up(wide), nn.BatchNorm2d(wide), nn.ReLU(),
        glorot(nn.Conv2d(wide, 1, 3, padding=1)), nn.Tanh())
    discriminator = nn.Sequential(
        Down(1, WIDTH, True, first=True), Down(WIDTH, WIDTH, True), Down(WIDTH, WIDTH, False), Down(WIDTH, WIDTH, False), nn.ReLU(), Named(lambda x: x.sum((2, 3))),
        spectral_norm(glorot(nn.Linear(WIDTH, 1))))
    return generator, logits_of(discriminator)


# What StyleGAN2 and R3GAN resample with

def filtered(x, padding, stride=1, gain=1):
    channels = x.shape[1]
    return F.conv2d(x, (gain * KERNEL).expand(channels, 1, 4, 4), stride=stride, padding=padding, groups=channels)


def doubled(x):
    channels = x.shape[1]
    return F.conv_transpose2d(x, (4 * KERNEL).expand(channels, 1, 4, 4), stride=2, padding=1, groups=channels)


def halved(x):
    return filtered(x, 1, 2)


MAPS = [(SIDE, SMALL_WIDTH), (SIDE // 2, 2 * SMALL_WIDTH), (SIDE // 4, 4 * SMALL_WIDTH)]


# StyleGAN2

def activated(x):
    return F.leaky_relu(x, 0.2) * math.sqrt(2)


class Linear(nn.Module):
    def __init__(self, inputs, outputs, start=0.0, multiplier=1.0):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.randn(outputs, inputs) / multiplier), nn.Parameter(torch.full((outputs,), start))
        self.scale, self.multiplier = multiplier / math.sqrt(inputs), multiplier

    def forward(self, x):
        return F.linear(x, self.weight * self.scale, self.bias if self.multiplier == 1 else self.bias * self.multiplier)


class Conv(nn.Module):
    def __init__(self, inputs, outputs, size, stride=1, bias=True):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.randn(outputs, inputs, size, size)), nn.Parameter(torch.zeros(outputs)) if bias else None
        self.stride, self.padding, self.scale = stride, size // 2 if stride == 1 else 0, 1 / math.sqrt(inputs * size * size)

    def forward(self, x):
        return F.conv2d(x, self.weight * self.scale, self.bias, self.stride, self.padding)


class Modulated(nn.Module):
    def __init__(self, inputs, outputs, size, styles, demodulates=True, doubles=False):
        super().__init__()
        self.weight, self.style = nn.Parameter(torch.randn(outputs, inputs, size, size)), Linear(styles, inputs, start=1.0)
        self.scale, self.padding, self.demodulates, self.doubles = 1 / math.sqrt(inputs * size * size), size // 2, demodulates, doubles

    def forward(self, x, w):
        scales, kernel = self.style(w), self.weight * self.scale
        x = x * scales[:, :, None, None]
        y = filtered(F.conv_transpose2d(x, kernel.transpose(0, 1), stride=2), 1, gain=4) if self.doubles else F.conv2d(x, kernel, padding=self.padding)
        return y * (scales.square() @ kernel.square().sum((2, 3)).t() + 1e-8).rsqrt()[:, :, None, None] if self.demodulates else y


class StyledLayer(nn.Module):
    def __init__(self, convolution, channels):
        super().__init__()
        self.convolution, self.bias, self.strength = convolution, nn.Parameter(torch.zeros(channels)), nn.Parameter(torch.zeros(1))

    def forward(self, x, w, noise):
        return activated(self.convolution(x, w) + self.bias[:, None, None] + noise * self.strength)


class StyleGenerator(nn.Module):
    LATENTS = 64

    def __init__(self):
        super().__init__()
        size, maps = self.LATENTS, MAPS[::-1]
        self.mapping = nn.ModuleList([Linear(size, size, multiplier=0.01) for _ in range(2)])
        self.register_buffer("mean", torch.zeros(size))
        self.constant = nn.Parameter(torch.randn(maps[0][1], maps[0][0], maps[0][0]))
        self.layers, self.colors, self.biases, self.sides = nn.ModuleList(), nn.ModuleList(), nn.ParameterList(), []
        for level, (side, channels) in enumerate(maps):
            for convolution in ([Modulated(maps[level - 1][1], channels, 3, size, doubles=True)] if level else []) + [Modulated(channels, channels, 3, size)]:
                self.layers.append(StyledLayer(convolution, channels))
                self.sides.append(side)
            self.colors.append(Modulated(channels, 1, 1, size, demodulates=False))
            self.biases.append(nn.Parameter(torch.zeros(1)))

    def forward(self, z):
        w = z * (z.square().mean(1, keepdim=True) + 1e-8).rsqrt()
        for layer in self.mapping:
            w = activated(layer(w))
        if self.training:
            with torch.no_grad():
                self.mean.lerp_(w.mean(0), 0.002)
        x, image = self.constant.expand(len(w), -1, -1, -1), None
        for index, (layer, side) in enumerate(zip(self.layers, self.sides)):
            x = layer(x, w, torch.randn(len(w), 1, side, side))
            if index % 2 == 0:
                colors = self.colors[index // 2](x, w) + self.biases[index // 2][:, None, None]
                image = colors if image is None else doubled(image) + colors
        return image


class StyleBlock(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.skip, self.conv1, self.conv2 = Conv(inputs, outputs, 1, bias=False), Conv(inputs, inputs, 3), Conv(inputs, outputs, 3, 2)

    def forward(self, x):
        return (activated(self.conv2(filtered(activated(self.conv1(x)), 2))) + self.skip(halved(x))) * math.sqrt(0.5)


def style():
    (side, smallest), blocks = MAPS[-1], [StyleBlock(a[1], b[1]) for a, b in zip(MAPS, MAPS[1:])]
    discriminator = nn.Sequential(
        Conv(1, SMALL_WIDTH, 1), Named(activated), *blocks, Conv(smallest, smallest, 3), Named(activated), nn.Flatten(), Linear(smallest * side * side, smallest), Named(activated), Linear(smallest, 1))
    return StyleGenerator(), logits_of(discriminator)


# R3GAN

class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        inside = 2 * channels
        self.widen, self.mix = nn.Conv2d(channels, inside, 1), nn.Conv2d(inside, inside, 3, padding=1, groups=max(1, inside // 16))
        self.narrow = nn.Conv2d(inside, channels, 1, bias=False)

    def forward(self, x):
        return x + self.narrow(F.leaky_relu(self.mix(F.leaky_relu(self.widen(x), 0.2)), 0.2))


class GenerativeBasis(nn.Module):
    def __init__(self, latents, channels, side):
        super().__init__()
        self.basis, self.amounts = nn.Parameter(torch.randn(channels, side, side)), nn.Linear(latents, channels, bias=False)

    def forward(self, z):
        return self.basis * self.amounts(z)[:, :, None, None]


class DiscriminativeBasis(nn.Module):
    def __init__(self, channels, side):
        super().__init__()
        self.basis, self.head = nn.Parameter(torch.randn(channels, side, side) / side), nn.Linear(channels, 1, bias=False)

    def forward(self, x):
        return self.head((x * self.basis).sum((2, 3)))


def regularized():
    (side, smallest), up, down = MAPS[-1], [], []
    for level, (_, channels) in enumerate(MAPS[::-1]):
        up += ([nn.Conv2d(MAPS[::-1][level - 1][1], channels, 1, bias=False), Named(doubled)] if level else []) + [Block(channels)]
    for level, (_, channels) in enumerate(MAPS):
        down += ([Named(halved), nn.Conv2d(MAPS[level - 1][1], channels, 1, bias=False)] if level else []) + [Block(channels)]
    generator = nn.Sequential(GenerativeBasis(64, smallest, side), *up, nn.Conv2d(SMALL_WIDTH, 1, 1, bias=False))
    discriminator = nn.Sequential(nn.Conv2d(1, SMALL_WIDTH, 1, bias=False), *down, DiscriminativeBasis(smallest, side))
    for network in (generator, discriminator):
        for layer in network.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.kaiming_normal_(layer.weight, 0.2)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)
            if isinstance(layer, Block):
                nn.init.zeros_(layer.narrow.weight)
    return generator, logits_of(discriminator)


# Games

def non_saturating(real, fake):
    return F.softplus(-real).mean() + F.softplus(fake).mean()


def slope(logits, x):
    return torch.autograd.grad(logits.sum(), x, create_graph=True)[0].flatten(1)


def adam(betas, rate):
    return lambda network: torch.optim.Adam(network.parameters(), lr=rate, betas=betas, foreach=True)


def descent(network):
    return torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.5, foreach=True)


NON_SATURATING = (non_saturating, lambda fake, real: F.softplus(-fake).mean())
WASSERSTEIN = (lambda real, fake: fake.mean() - real.mean(), lambda fake, real: -fake.mean())
HINGE = (lambda real, fake: F.relu(1 - real).mean() + F.relu(1 + fake).mean(), lambda fake, real: -fake.mean())
RELATIVISTIC = (lambda real, fake: F.softplus(fake - real).mean(), lambda fake, real: F.softplus(real - fake).mean())
# The first GAN halves the loss of D.
FIRST = (lambda real, fake: non_saturating(real, fake) / 2, NON_SATURATING[1])
UNIFORM = lambda size, bound=1.0: lambda count: (torch.rand(count, size) * 2 - 1) * bound
NORMAL = lambda size: lambda count: torch.randn(count, size)

# Networks, batch size, latents, losses, optimizer of each, steps of D, penalties.
RECIPES = {
    "Goodfellow2014": dict(networks=goodfellow, batch=100, prior=UNIFORM(100, math.sqrt(3)), losses=FIRST, optimizer=descent),
    "Dcgan": dict(networks=convolutional, batch=128, prior=UNIFORM(100), losses=NON_SATURATING, optimizer=adam((0.5, 0.999), 2e-4)),
    "PacGan": dict(networks=packed, batch=128, prior=UNIFORM(100), losses=NON_SATURATING, optimizer=adam((0.5, 0.999), 2e-4)),
    "WganGp": dict(networks=lambda: convolutional(latent_size=128), batch=64, prior=NORMAL(128), losses=WASSERSTEIN, optimizer=adam((0.0, 0.9), 1e-4), d_steps=5, between=10.0),
    "SnganHinge": dict(networks=residual, batch=64, prior=NORMAL(128), losses=HINGE, optimizer=adam((0.0, 0.9), 2e-4), d_steps=5),
    "StyleGan2": dict(networks=style, batch=32, prior=NORMAL(64), losses=NON_SATURATING, optimizer=adam((0.0, 0.99), 2.5e-3), r1=0.1, every=LAZY, averages=True),
    "R3Gan": dict(networks=regularized, batch=64, prior=NORMAL(64), losses=RELATIVISTIC, optimizer=adam((0.0, 0.9), 2e-4), r1=1.0, r2=1.0, fresh=True, averages=True),
}


class Loop:
    def __init__(self, networks, batch, prior, losses, optimizer, d_steps=1, between=0.0, r1=0.0, r2=0.0, every=1, fresh=False, averages=False):
        self.generator, self.discriminator = networks()
        self.average = [parameter.detach().clone() for parameter in self.generator.parameters()] if averages else []
        self.g, self.d = optimizer(self.generator), optimizer(self.discriminator)
        self.batch, self.prior, self.d_steps, self.between, self.r1, self.r2, self.every, self.fresh = batch, prior, d_steps, between, r1, r2, every, fresh
        self.d_loss, self.g_loss = losses
        self.data, self.order, self.position, self.steps = images(IMAGES, 1, SIDE), torch.randperm(IMAGES), 0, 0

    def next_batch(self):
        if self.position + self.batch > len(self.data):
            self.order, self.position = torch.randperm(len(self.data)), 0
        rows = self.order[self.position:self.position + self.batch]
        self.position += self.batch
        return self.data[rows].float() / 127.5 - 1

    def learn_discriminator(self, real, fake):
        due = self.steps % self.every == 0
        real, fake = real.requires_grad_(bool(self.r1) and due), fake.detach().requires_grad_(bool(self.r2) and due)
        of_real, of_fake = self.discriminator(real), self.discriminator(fake)
        loss = self.d_loss(of_real, of_fake)
        for gamma, logits, x in ((self.r1, of_real, real), (self.r2, of_fake, fake)):
            if gamma and due:
                loss = loss + gamma / 2 * self.every * slope(logits, x).square().sum(1).mean()
        if self.between:
            share = torch.rand(self.batch, 1, 1, 1)
            x = torch.lerp(fake, real, share).requires_grad_(True)
            loss = loss + self.between * (slope(self.discriminator(x), x).norm(2, dim=1) - 1).square().mean()
        self.d.zero_grad(set_to_none=True)
        loss.backward()
        self.d.step()
        return loss

    def step(self):
        for k in range(self.d_steps):
            real, z = self.next_batch(), self.prior(self.batch)
            with torch.set_grad_enabled(k == self.d_steps - 1 and not self.fresh):
                fake = self.generator(z)
            of_d = self.learn_discriminator(real, fake)
        self.discriminator.requires_grad_(False)
        if self.fresh:
            fake = self.generator(self.prior(self.batch))
            of_real = self.discriminator(self.next_batch())
        of_g = self.g_loss(self.discriminator(fake), of_real if self.fresh else None)
        self.g.zero_grad(set_to_none=True)
        of_g.backward()
        self.g.step()
        self.discriminator.requires_grad_(True)
        with torch.no_grad():
            for averaged, parameter in zip(self.average, self.generator.parameters()):
                averaged.lerp_(parameter, 0.01)
        self.steps += 1
        return of_d, of_g


class Period:
    """As many steps as pass between two that are alike."""

    def __init__(self, loop):
        self.loop = loop

    def step(self):
        for _ in range(self.loop.every):
            self.loop.step()


def shapes(network):
    return sorted("x".join(map(str, parameter.shape)) for parameter in network.parameters())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipe", nargs="?", choices=RECIPES, default="Dcgan")
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--check", action="store_true", help="only say whether the comparison can run")
    arguments = parser.parse_args()
    # Torch counts cores, and the .NET side processors, of which a core may have two.
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS") or len(os.sched_getaffinity(0))))
    torch.mm(torch.ones(8, 8), torch.ones(8, 8))
    if blas() is None:
        sys.exit("PyTorch runs on the reference BLAS, with which a comparison says nothing: apt-get install libopenblas0")
    compute = f"PyTorch {torch.__version__} with {blas()}"
    if arguments.check:
        print(compute)
        return
    torch.manual_seed(0)
    loop = Loop(**RECIPES[arguments.recipe])
    if not all(torch.isfinite(loss) for loss in loop.step()):
        sys.exit(f"{arguments.recipe}: the first losses aren't finite")
    wall, processor = milliseconds_per_step(Period(loop), arguments.seconds)
    print(json.dumps({
        "milliseconds": {"wall": wall / loop.every, "processor": processor / loop.every}, "threads": torch.get_num_threads(), "compute": compute, "batchSize": loop.batch,
        "generator": shapes(loop.generator), "discriminator": shapes(loop.discriminator),
    }))


if __name__ == "__main__":
    main()
