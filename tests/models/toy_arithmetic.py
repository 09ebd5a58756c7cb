"""The toy family's training worked out by hand in float64, without TensorFlow.

Both networks are one matrix each, so all derivatives fit on a line. The discriminator's slope is
its matrix wherever it is taken, so the gradient penalty does not depend on the mixing factors.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

PENALTY_WEIGHT, CLIP = 10.0, 0.01

# Derivatives of the losses by a score: of the discriminator by a real one and by a fake one, of
# the generator by a fake one.
SLOPES = {
    "minimax": (lambda s: -expit(-s), expit, lambda s: -expit(-s)),
    "lsgan": (lambda s: 2 * (s - 1), lambda s: 2 * s, lambda s: 2 * (s - 1)),
    "hinge": (
        lambda s: -(s < 1.0).astype(float),
        lambda s: (s > -1.0).astype(float),
        lambda s: -np.ones_like(s),
    ),
    "wgan": (lambda s: -np.ones_like(s), np.ones_like, lambda s: -np.ones_like(s)),
}
SLOPES["wgan-gp"] = SLOPES["wgan"]


@dataclass
class HandMadeGAN:
    """Two matrices, trained against each other by plain gradient descent.

    Args:
        objective: Name of the game.
        generator: Matrix [latents, samples] and offset [samples].
        discriminator: Matrix [samples, 1] and offset [1].
        rates: Learning rates of the generator and the discriminator.
        adversarial_weight: Of the generator's adversarial term.
        distance_weight: Of the mean squared distance to the real waveform.
    """

    objective: str
    generator: list[np.ndarray]
    discriminator: list[np.ndarray]
    rates: tuple[float, float]
    adversarial_weight: float
    distance_weight: float

    def step(self, batches: list[tuple[np.ndarray, np.ndarray]]) -> None:
        """Update the discriminator on every batch, then the generator on the last."""
        for latent, real in batches:
            self._update_discriminator(self._fake(latent), real[..., 0])
        self._update_generator(*batches[-1])

    def _fake(self, latent: np.ndarray) -> np.ndarray:
        return latent @ self.generator[0] + self.generator[1]

    def _scores(self, waveform: np.ndarray) -> np.ndarray:
        return waveform @ self.discriminator[0] + self.discriminator[1]

    def _update_discriminator(self, fake: np.ndarray, real: np.ndarray) -> None:
        real_slope, fake_slope, _ = SLOPES[self.objective]
        by_real = real_slope(self._scores(real)) / len(real)
        by_fake = fake_slope(self._scores(fake)) / len(fake)
        matrix = self.discriminator[0]
        by_matrix = real.T @ by_real + fake.T @ by_fake
        if self.objective == "wgan-gp":
            norm = np.linalg.norm(matrix)
            by_matrix += PENALTY_WEIGHT * 2 * (norm - 1) * matrix / norm
        rate = self.rates[1]
        offset = self.discriminator[1] - rate * (by_real + by_fake).sum(axis=0)
        self.discriminator = [matrix - rate * by_matrix, offset]
        if self.objective == "wgan":
            self.discriminator = [np.clip(part, -CLIP, CLIP) for part in self.discriminator]

    def _update_generator(self, latent: np.ndarray, real: np.ndarray) -> None:
        fake = self._fake(latent)
        by_score = SLOPES[self.objective][2](self._scores(fake)) / len(fake)
        by_fake = self.adversarial_weight * by_score @ self.discriminator[0].T
        by_fake += self.distance_weight * 2 * (fake - real[..., 0]) / fake.size
        matrix, offset = self.generator
        self.generator = [
            matrix - self.rates[0] * latent.T @ by_fake,
            offset - self.rates[0] * by_fake.sum(axis=0),
        ]
