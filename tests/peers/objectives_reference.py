"""Writes the first steps of WGAN-GP and AC-GAN, written in PyTorch in float64, for GanSharp.Tests.Objectives.PeerTests.

    apt-get install python3-torch
    /usr/bin/python3 tests/peers/objectives_reference.py > tests/GanSharp.Tests/Objectives/Fixtures/objectives.json

Weights, batches and latents come from a generator of integers, and the penalty's shares from torch's generator with a stated seed, so that the test makes the same ones bit for bit.
"""
import json

import torch
from torch import nn
from torch.nn import functional

STEPS, BATCH, CLASSES, LATENTS = 20, 6, 3, 2
torch.set_default_dtype(torch.float64)


def numbers(seed, *shape):
    count, values, state = int(torch.Size(shape).numel()), [], seed
    for _ in range(count):
        state = (1103515245 * state + 12345) % 2**31
        values.append(state / 2**31)
    return torch.tensor(values).view(*shape)


class Generator(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(LATENTS + classes, 8), nn.Tanh(), nn.Linear(8, 2))
        self.classes = classes

    def forward(self, z, labels):
        return self.body(torch.cat([z, functional.one_hot(labels, self.classes).to(z.dtype)], 1) if self.classes else z)


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(2, 8), nn.SiLU(), nn.Linear(8, 8), nn.SiLU())
        self.judge, self.classifier = nn.Linear(8, 1), nn.Linear(8, CLASSES)

    def forward(self, x):
        features = self.body(x)
        return self.judge(features).squeeze(1), self.classifier(features)


def fill(module, seed):
    with torch.no_grad():
        for index, (_, parameter) in enumerate(sorted(module.named_parameters())):
            parameter.copy_(2 * numbers(seed + index, *parameter.shape) - 1)


def real(index):
    return 4 * numbers(10_000 + index, BATCH, 2) - 2


def latents(index):
    return 4 * numbers(20_000 + index, BATCH, LATENTS) - 2


def labels(index):
    return (CLASSES * numbers(30_000 + index, BATCH)).long()


def gradient_penalty(discriminator, x, generated, seed):
    share = torch.rand(BATCH, 1, generator=torch.Generator().manual_seed(seed))
    between = (share * x + (1 - share) * generated).requires_grad_(True)
    gradient, = torch.autograd.grad(discriminator(between)[0].sum(), between, create_graph=True)
    return 10 * ((gradient.norm(2, dim=1) - 1) ** 2).mean()


def play(classes, discriminator_steps, betas, discriminator_loss, generator_loss):
    generator, discriminator = Generator(classes), Discriminator()
    fill(generator, 1)
    fill(discriminator, 100)
    g = torch.optim.Adam(generator.parameters(), lr=2e-3, betas=betas)
    d = torch.optim.Adam(discriminator.parameters(), lr=2e-3, betas=betas)
    losses, index = [], 0
    for _ in range(STEPS):
        for _ in range(discriminator_steps):
            index += 1
            x, z, real_labels, asked = real(index), latents(index), labels(2 * index), labels(2 * index + 1)
            generated = generator(z, asked)
            d.zero_grad()
            loss = discriminator_loss(discriminator, x, generated.detach(), real_labels, asked, index)
            loss.backward()
            d.step()
        g.zero_grad()
        other = generator_loss(discriminator, generated, asked)
        other.backward()
        g.step()
        losses.append([loss.item(), other.item()])
    weights = [parameter.detach().flatten().tolist() for module in (generator, discriminator) for _, parameter in sorted(module.named_parameters())]
    return {"losses": losses, "weights": weights}


def wasserstein_discriminator(discriminator, x, generated, real_labels, asked, index):
    return discriminator(generated)[0].mean() - discriminator(x)[0].mean() + gradient_penalty(discriminator, x, generated, 40_000 + index)


def wasserstein_generator(discriminator, generated, asked):
    return -discriminator(generated)[0].mean()


def classifier_discriminator(discriminator, x, generated, real_labels, asked, index):
    (ofReal, realClasses), (ofFake, fakeClasses) = discriminator(x), discriminator(generated)
    judgment = functional.binary_cross_entropy_with_logits(ofReal, torch.ones(BATCH)) + functional.binary_cross_entropy_with_logits(ofFake, torch.zeros(BATCH))
    return judgment + functional.cross_entropy(realClasses, real_labels) + functional.cross_entropy(fakeClasses, asked)


def classifier_generator(discriminator, generated, asked):
    logits, classes = discriminator(generated)
    return functional.binary_cross_entropy_with_logits(logits, torch.ones(BATCH)) + functional.cross_entropy(classes, asked)


print(json.dumps({
    "torch": torch.__version__,
    "firstShares": torch.rand(BATCH, 1, generator=torch.Generator().manual_seed(40_001)).flatten().tolist(),
    "wassersteinGradientPenalty": play(0, 2, (0.0, 0.9), wasserstein_discriminator, wasserstein_generator),
    "auxiliaryClassifier": play(CLASSES, 1, (0.5, 0.999), classifier_discriminator, classifier_generator),
}))
