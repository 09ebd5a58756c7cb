"""The variants of SEGAN: networks, and what they are trained with where nothing else is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import keras

from tfgan_audio.errors import InputError
from tfgan_audio.models.keywords import split_keywords
from tfgan_audio.models.rmsprop import TensorFlow1RMSprop, TorchRMSprop
from tfgan_audio.models.segan_causal import (
    CausalSizes,
    build_causal_generator,
    build_spectral_discriminator,
)
from tfgan_audio.models.segan_sizes import SEGANPlusSizes, SEGANSizes
from tfgan_audio.models.segan_waveform import (
    build_waveform_discriminator,
    build_waveform_generator,
)
from tfgan_audio.nearest import one_of

Sizes: TypeAlias = CausalSizes | SEGANSizes | SEGANPlusSizes
Optimizers: TypeAlias = tuple[keras.optimizers.Optimizer, keras.optimizers.Optimizer]


@dataclass(frozen=True)
class Variant:
    """What is different from variant to variant.

    Args:
        sizes: Class of what its networks are made of.
        term_weights: Weights of the generator's terms; those left out are 0.
        make_optimizers: Makes the generator's and the discriminator's.
    """

    sizes: type
    term_weights: Mapping[str, float]
    make_optimizers: Callable[[], Optimizers]


_PUBLISHED_WEIGHTS = {"adversarial": 1.0, "waveform_l1": 100.0}
VARIANTS = {
    "causal": Variant(
        CausalSizes,
        {"adversarial": 0.02, "snr": 0.1, "magnitude_l1": 1.0},
        lambda: (keras.optimizers.Adam(1e-3), keras.optimizers.Adam(2e-4, beta_1=0.5)),
    ),
    "segan": Variant(
        SEGANSizes,
        _PUBLISHED_WEIGHTS,
        lambda: (TensorFlow1RMSprop(2e-4), TensorFlow1RMSprop(2e-4)),
    ),
    "segan_plus": Variant(
        SEGANPlusSizes, _PUBLISHED_WEIGHTS, lambda: (TorchRMSprop(5e-5), TorchRMSprop(5e-5))
    ),
}


def make_sizes(variant: str, keywords: Mapping[str, Any]) -> tuple[Sizes, dict[str, Any]]:
    """Return what the networks of a variant are made of, and the keywords that Keras takes.

    Args:
        variant: Name of the variant.
        keywords: Values by keyword; those left out have their default.

    Raises:
        InputError: An unknown variant or keyword, with the nearest known one, or a bad value.
    """
    if variant not in VARIANTS:
        raise InputError("variant", variant, one_of(VARIANTS))
    return split_keywords(f"variant {variant}", VARIANTS[variant].sizes, keywords)


def build_networks(sizes: Sizes) -> tuple[keras.Model, keras.Model, keras.Model | None]:
    """Build the networks of a variant.

    Args:
        sizes: What they are made of.

    Returns:
        The generator and the discriminator; and the discriminator's layers as a model of candidates
        beside a reference, where there is one: see `build_waveform_discriminator`.
    """
    if isinstance(sizes, CausalSizes):
        discriminator = build_spectral_discriminator(sizes.discriminator_channels)
        return build_causal_generator(sizes), discriminator, None
    return build_waveform_generator(sizes), *build_waveform_discriminator(sizes)
