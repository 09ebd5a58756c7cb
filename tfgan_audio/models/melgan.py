"""MelGAN: waveforms from log-mel spectrograms, at once or in sub-bands."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.errors import InputError
from tfgan_audio.layers.direct_conv import DirectConv1DTranspose
from tfgan_audio.layers.pqmf import PQMFAnalysis
from tfgan_audio.losses import reconstruction, spectral
from tfgan_audio.models.adversarial import AdversarialModel, Optimizers, Tensors
from tfgan_audio.models.keywords import split_keywords
from tfgan_audio.models.mel_discriminator import judge_mels
from tfgan_audio.models.melgan_generator import BANDS, build_generator, receptive_frames
from tfgan_audio.models.melgan_sizes import MelGANSizes
from tfgan_audio.models.multi_scale_discriminator import judge_scales
from tfgan_audio.models.period_discriminator import judge_periods

_OFFICIAL_FEATURE_MATCHING = 10.0
_sub_band_stft = functools.partial(
    spectral.multi_resolution_stft, resolutions=spectral.SUB_BAND_RESOLUTIONS
)


@keras.saving.register_keras_serializable(package="tfgan_audio")
class MelGAN(AdversarialModel):
    """Vocoder GAN; trained on `(mel, waveform)` pairs of the same recording.

    Args:
        features: Definition of the mels: the name of a preset, a `MelFeatures` or its fields.
        **sizes: What the networks are made of: keywords of `MelGANSizes`; and `name`, `dtype`,
            `trainable` as in Keras.

    Shape:
        mel [B, F, M] -> waveform [B, F * hop, 1], any F from 1 on.

    Raises:
        InputError: An unknown keyword, sizes that do not fit each other, or a hop that is not the
            product of `upsample_factors` and `num_bands`.

    Reference:
        Kumar et al. 2019, arXiv:1910.06711, and its code; Yang et al. 2021, arXiv:2005.05106, for
        sub-bands. Differs: mel and period discriminators; sub-band losses split the joined waveform
        again, which gives back the bands to the 64 dB of the filters.

    Example:
        >>> import tensorflow as tf
        >>> model = MelGAN(base_channels=16, discriminator_max_channels=64)
        >>> model(tf.zeros([1, 3, 80])).shape
        TensorShape([1, 768, 1])
    """

    default_objective = "hinge"
    quality_names = ("mel_l1",)

    def __init__(
        self, features: str | MelFeatures | Mapping[str, Any] = "melgan_official", **sizes
    ) -> None:
        made_of, keywords = split_keywords("MelGAN", MelGANSizes, sizes)
        features = MelFeatures.of(features)
        if features.hop_samples != made_of.hop_samples:
            factors = " x ".join(map(str, made_of.upsample_factors))
            expected = (
                f"the features' hop_samples, {features.hop_samples}, as "
                f"upsample_factors x num_bands ({made_of.num_bands})"
            )
            raise InputError("upsample_factors", f"{factors} = {made_of.hop_samples}", expected)
        super().__init__(
            build_generator(made_of, features.num_mels),
            _build_discriminator(made_of, features),
            **keywords,
        )
        self.features = features
        self.sizes = made_of

    @property
    def sample_rate_hz(self) -> int:
        """Rate of all recordings."""
        return self.features.sample_rate_hz

    @property
    def hop_samples(self) -> int:
        """Samples for each frame."""
        return self.features.hop_samples

    @property
    def receptive_frames(self) -> tuple[int, int]:
        """Frames before its own, and behind, that a sample can depend on."""
        return receptive_frames(self.sizes)

    @functools.cached_property
    def sub_band_generator(self) -> keras.Model:
        """The generator up to its sub-bands: mel [B, F, M] -> [B, F * hop / N, N]."""
        if self.sizes.num_bands == 1:
            return self.generator
        bands = self.generator.get_layer(BANDS).output
        return keras.Model(self.generator.inputs[0], bands, name="sub_band_generator")

    def compile(
        self,
        generator_optimizer: keras.optimizers.Optimizer | None = None,
        discriminator_optimizer: keras.optimizers.Optimizer | None = None,
        objective: str | None = None,
        *,
        adversarial_weight: float | None = None,
        feature_matching_weight: float | None = None,
        mel_l1_weight: float | None = None,
        mel_l2_weight: float | None = None,
        waveform_l1_weight: float | None = None,
        waveform_l2_weight: float | None = None,
        multi_resolution_stft_weight: float | None = None,
        sub_band_stft_weight: float | None = None,
        **options,
    ) -> None:
        """Set the game, both optimizers and the weight of each generator term.

        A weight that is None is the paper's: 1 for the adversarial term, 10 in the official code's
        sum for feature matching, which is 48 for its mean over four strided layers; all else is 0.

        Args:
            generator_optimizer: Keras optimizer; None takes the paper's Adam(1e-4, 0.5, 0.9).
            discriminator_optimizer: The same.
            objective: One of the five objectives; None takes "hinge".
            adversarial_weight: Weight of the objective's generator term, summed over all judges.
            feature_matching_weight: Weight of the mean distance between discriminator features.
            mel_l1_weight: Weight of mean |M(x) - M(y)| of log-mel spectrograms.
            mel_l2_weight: Weight of mean (M(x) - M(y))^2.
            waveform_l1_weight: Weight of mean |x - y|.
            waveform_l2_weight: Weight of mean (x - y)^2.
            multi_resolution_stft_weight: Weight of the multi-resolution STFT distance, whose norms
                are taken over the batch, as it is published: over each replica's and each micro
                batch's own part of it, where there are several.
            sub_band_stft_weight: Weight of the same of sub-bands.
            **options: As in `AdversarialModel.compile`.

        Raises:
            InputError: A number out of range, or a weight for sub-bands that there are not.
        """
        num_layers = len(self.sizes.discriminator_strides)
        # 4 / (n + 1) a map in the official code, where there are n + 2 maps a scale.
        official = _OFFICIAL_FEATURE_MATCHING * 4.0 * (num_layers + 2) / (num_layers + 1)
        usual = {"adversarial": 1.0, "feature_matching": official}
        given = {
            "adversarial": adversarial_weight,
            "feature_matching": feature_matching_weight,
            "mel_l1": mel_l1_weight,
            "mel_l2": mel_l2_weight,
            "waveform_l1": waveform_l1_weight,
            "waveform_l2": waveform_l2_weight,
            "multi_resolution_stft": multi_resolution_stft_weight,
            "sub_band_stft": sub_band_stft_weight,
        }
        weights = {
            name: usual.get(name, 0.0) if weight is None else weight
            for name, weight in given.items()
        }
        if weights["sub_band_stft"] and self.sizes.num_bands == 1:
            expected = "0 for a generator of one band"
            raise InputError("sub_band_stft_weight", sub_band_stft_weight, expected)
        super().compile(
            generator_optimizer,
            discriminator_optimizer,
            objective,
            term_weights=weights,
            **options,
        )

    def unpack(self, data) -> Tensors:
        mel, waveform = data
        num_frames, num_samples = mel.shape[1], waveform.shape[1]
        if None not in (num_frames, num_samples) and num_samples != num_frames * self.hop_samples:
            seen = f"{num_frames} frames and {num_samples} samples"
            raise InputError("training pair", seen, f"{self.hop_samples} samples for each frame")
        return {"mel": mel, "real": waveform}

    def synthesize(self, batch: Tensors, seed: tf.Tensor, training: bool) -> tf.Tensor:
        return self.generator(batch["mel"], training=training)

    def judge(self, candidate: tf.Tensor, batch: Tensors, training: bool):
        return self.discriminator(candidate, training=training)

    def reconstruction_terms(self, batch: Tensors, fake: tf.Tensor) -> Tensors:
        real = batch["real"]
        mono = real[:, :, 0], fake[:, :, 0]
        terms = {
            "mel_l1": lambda: reconstruction.log_mel_l1(*mono, self.features),
            "mel_l2": lambda: reconstruction.log_mel_l2(*mono, self.features),
            "waveform_l1": lambda: reconstruction.waveform_l1(real, fake),
            "waveform_l2": lambda: reconstruction.waveform_l2(real, fake),
            "multi_resolution_stft": lambda: spectral.multi_resolution_stft(real, fake),
            "sub_band_stft": lambda: _sub_band_stft(*map(self._split, (real, fake))),
        }
        return {name: term() for name, term in terms.items() if self.term_weights[name]}

    def quality(self, batch: Tensors, fake: tf.Tensor) -> Tensors:
        real, fake = batch["real"][:, :, 0], fake[:, :, 0]
        return {"mel_l1": reconstruction.log_mel_l1(real, fake, self.features)}

    def default_optimizers(self, objective: str) -> Optimizers:
        adam = functools.partial(keras.optimizers.Adam, 1e-4, 0.5, 0.9, epsilon=1e-8)
        return adam(), adam()

    def vocode(self, mel: np.ndarray) -> np.ndarray:
        """Turn log-mel spectrograms into waveforms.

        Args:
            mel: Spectrograms as `features` define them.

        Shape:
            [B, F, M] -> [B, F * hop, 1], any F from 1 on.

        Raises:
            InputError: An array of another shape, or integers.
        """
        mel = np.asarray(mel)
        if mel.dtype.kind in "iub":
            raise InputError("mel", f"{mel.dtype} values", "floating point values")
        mel = mel.astype(np.float32, copy=False)
        if mel.ndim != 3 or mel.shape[2] != self.features.num_mels or not mel.shape[1]:
            expected = f"[batch, frames, {self.features.num_mels}]"
            raise InputError("mel", f"shape {list(mel.shape)}", expected)
        return self._vocode(mel).numpy()

    def fold(self) -> keras.Model:
        """Return the generator with its weights multiplied out, for inference alone.

        It computes the same, but for rounding, and does not follow later training.
        """
        folded = build_generator(self.sizes, self.features.num_mels, weight_norm=False)
        for layer in folded.layers:
            if layer.weights:
                normalised = self.generator.get_layer(layer.name)
                kernel = normalised.kernel
                if isinstance(layer, DirectConv1DTranspose):
                    kernel = layer.arranged(kernel)
                layer.set_weights([kernel, normalised.bias])
        return folded

    @functools.cached_property
    def _vocode(self):
        """One graph for every length."""
        spec = tf.TensorSpec([None, None, self.features.num_mels], tf.float32)
        return tf.function(lambda mel: self.generator(mel, training=False), input_signature=[spec])

    @functools.cached_property
    def _split(self) -> PQMFAnalysis:
        """The filters that split waveforms as the generator joins them."""
        return PQMFAnalysis(self.sizes.num_bands, cutoff=self.sizes.pqmf_cutoff)

    def get_config(self) -> dict:
        own = {"features": asdict(self.features), **asdict(self.sizes)}
        return {**super().get_config(), **own}


class _Judges(keras.Model):
    """A functional model that gives a list of judges, of one too, which Keras would unwrap."""

    def call(self, inputs, training=None, mask=None):
        judgement = super().call(inputs, training=training, mask=mask)
        return judgement if isinstance(judgement[0], list | tuple) else [judgement]


def _build_discriminator(sizes: MelGANSizes, features: MelFeatures) -> keras.Model:
    """Build all judges: of waveforms, then of log-mel spectrograms, then of periods."""
    waveform = keras.Input([None, 1], name="waveform")
    judgement = judge_scales(waveform, sizes)
    if sizes.mel_discriminator:
        judgement += judge_mels(waveform, sizes, features)
    judgement += judge_periods(waveform, sizes)
    return _Judges(waveform, judgement, name="discriminator")
