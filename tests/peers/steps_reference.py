"""Writes twenty steps of SNGAN's game and of a DCGAN behind DiffAugment by PyTorch, in float64, for GanSharp.Tests.Training.StepReferenceTests.

    apt-get install python3-torch
    /usr/bin/python3 tests/peers/steps_reference.py > tests/GanSharp.Tests/Training/Fixtures/steps.json

The networks are those of networks_reference.py (torch's own spectral_norm) and of pytorch_gan.py, the augmentation is the authors' code in augmentations_reference.py. Weights, singular vectors,
batches and latents are integers of a linear congruential generator, and DiffAugment draws from torch's generators with the seeds below, so that the test makes the same ones.
"""
import json
import math
import sys

import torch
from torch.nn import functional as F

from augmentations_reference import Authors
from networks_reference import CLASSES, Discriminator, Generator, parameters, vectors
from pytorch_gan import LATENT_SIZE, dcgan

STEPS, BATCH, IMAGE, RATE = 20, 4, (3, 8, 8), 2e-4
torch.set_num_threads(1)


def numbers(seed, *shape):
    state, values = seed, []
    for _ in range(math.prod(shape)):
        state = (1103515245 * state + 12345) % 2**31
        values.append(state / 2**30 - 1)
    return torch.tensor(values).reshape(shape)


def fill(values, seed):
    with torch.no_grad():
        for index, parameter in enumerate(values):
            scale = 1.5 / math.sqrt(parameter.numel() / parameter.shape[0]) if parameter.dim() > 1 else 0.5
            parameter.copy_(numbers(seed + 7919 * (index + 1), *parameter.shape) * scale)
    return values


def projections(tensors):
    """Of each its product with random numbers, and its sum of squares."""
    return [[(t * numbers(31 + index, *t.shape)).sum().item(), t.square().sum().item()] for index, t in enumerate(tensors)]


def play(generator, discriminator, g_values, d_values, latent_size, d_steps, betas, d_loss, g_loss):
    """d_loss and g_loss take the samples, their classes and the number of the batch."""
    g, d = (torch.optim.Adam(values, RATE, betas) for values in (g_values, d_values))
    losses, index = [], 0
    for _ in range(STEPS):
        for _ in range(d_steps):
            index += 1
            real, z = numbers(10_000 + index, *((BATCH,) + IMAGE)), numbers(20_000 + index, BATCH, latent_size)
            real_labels, labels = classes(2 * index), classes(2 * index + 1)
            fake = generator(z, labels)
            d.zero_grad()
            of_d = d_loss(real, real_labels, fake.detach(), labels, index)
            of_d.backward()
            d.step()
        g.zero_grad()
        of_g = g_loss(fake, labels, index)
        of_g.backward()
        g.step()
        losses.append([of_d.item(), of_g.item()])
    return {"losses": losses, "generator": projections(g_values), "discriminator": projections(d_values)}


def classes(index):
    return (CLASSES * (numbers(30_000 + index, BATCH) + 1) / 2).long()


def spectral_norm():
    """Hinge, projection and conditional batch norm, two steps of D for each of G, every layer of D divided by its spectral norm."""
    latent_size = 6
    generator, discriminator = Generator(latent_size, 4, IMAGE[0], CLASSES), Discriminator(4, IMAGE[0], CLASSES)
    g_values, d_values = (fill([value for _, value in parameters(module)], seed) for module, seed in ((generator, 100), (discriminator, 200)))
    with torch.no_grad():
        for index, (_, vector) in enumerate(vectors(discriminator)):
            vector.copy_(F.normalize(numbers(300 + index, *vector.shape), dim=0))

    def d_loss(real, real_labels, fake, labels, index):
        return F.relu(1 - discriminator(real, real_labels)).mean() + F.relu(1 + discriminator(fake, labels)).mean()

    run = play(generator, discriminator, g_values, d_values, latent_size, 2, (0.0, 0.9), d_loss, lambda fake, labels, index: -discriminator(fake, labels).mean())
    # The statistics of batch norm show in samples of evaluation mode.
    samples = generator.eval()(numbers(40_000, BATCH, latent_size), classes(0))
    return {**run, "vectors": {name: vector.tolist() for name, vector in vectors(discriminator)}, "samples": samples.flatten().tolist()}


def diff_augment():
    """The non-saturating game, real and generated samples changed by draws of their own, and those of G's step once more."""
    up, down, _, latent_size = dcgan(IMAGE[1], IMAGE[0], width=2)
    g_values, d_values = fill(list(up.parameters()), 100), fill(list(down.parameters()), 200)

    def judged(samples, seed):
        return down(Authors(torch.Generator().manual_seed(seed)).diff_augment(samples)).squeeze(1)

    def d_loss(real, real_labels, fake, labels, index):
        return F.softplus(-judged(real, 3 * index)).mean() + F.softplus(judged(fake, 3 * index + 1)).mean()

    run = play(lambda z, labels: up(z), down, g_values, d_values, latent_size, 1, (0.5, 0.999), d_loss, lambda fake, labels, index: F.softplus(-judged(fake, 3 * index + 2)).mean())
    samples = up.eval()(numbers(40_000, BATCH, latent_size))
    return {**run, "vectors": {}, "samples": samples.flatten().tolist()}


assert LATENT_SIZE == 100
json.dump({"spectralNorm": spectral_norm(), "diffAugment": diff_augment()}, sys.stdout)
