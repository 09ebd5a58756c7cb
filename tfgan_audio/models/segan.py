"""SEGAN: adversarial speech enhancement from pairs of noisy and clean recordings."""

from __future__ import annotations

import functools
from dataclasses import asdict

import keras
import numpy as np
import tensorflow as tf

from tfgan_audio.audio.block_stream import BlockStream
from tfgan_audio.audio.filters import de_emphasis, pre_emphasis
from tfgan_audio.audio.window_stream import WindowStream
from tfgan_audio.errors import InputError
from tfgan_audio.layers.randomness import draw_for_examples
from tfgan_audio.losses import reconstruction, spectral
from tfgan_audio.losses.intelligibility import stoi_distance
from tfgan_audio.models.adversarial import AdversarialModel, Optimizers, Tensors
from tfgan_audio.models.segan_streams import (
    block_step,
    block_stream,
    window_step,
    window_stream,
)
from tfgan_audio.models.segan_variants import VARIANTS, build_networks, make_sizes

_RESOLUTION = spectral.StftResolution(fft_samples=512, hop_samples=256, window_samples=512)
_TERMS = {
    "snr": reconstruction.negative_snr,
    "waveform_l1": reconstruction.waveform_l1,
    "waveform_l2": reconstruction.waveform_l2,
    "magnitude_l1": functools.partial(spectral.magnitude_l1, resolution=_RESOLUTION),
    "time_frequency_l1": functools.partial(spectral.time_frequency_l1, resolution=_RESOLUTION),
    "time_frequency_l2": functools.partial(spectral.time_frequency_l2, resolution=_RESOLUTION),
    "multi_resolution_stft": functools.partial(spectral.multi_resolution_stft, per_example=True),
    "compressed_spectral": functools.partial(
        spectral.compressed_spectral,
        resolution=spectral.StftResolution(fft_samples=512, hop_samples=128, window_samples=512),
        floor_db=-80.0,  # speech at a usual level fills most bins below the usual floor
    ),
    "stoi": stoi_distance,
}


@keras.saving.register_keras_serializable(package="tfgan_audio")
class SEGAN(AdversarialModel):
    """Speech enhancement GAN; trained on `(noisy, clean)` pairs of recordings in [-1, 1].

    Args:
        variant: "causal", a streaming network of this package: a complex mask on short-time
            spectra, judged by a discriminator of (candidate, noisy) spectra; "segan", the published
            encoder and decoder of waveforms; "segan_plus", its successor.
        sample_rate_hz: Rate of all recordings; the published one is 16000.
        **sizes: What the networks are made of: keywords of `CausalSizes`, `SEGANSizes` or
            `SEGANPlusSizes`; and `name`, `dtype`, `trainable` as in Keras.

    Shape:
        causal: noisy [B, T, 1] -> clean estimate [B, T, 1], aligned in time. The others:
        [noisy [B, N, 1], latent [B, F, L]] -> [B, N, 1], pre-emphasised, of one window of N
        samples; `enhance` and `stream` take recordings as they are, of any length.

    Raises:
        InputError: An unknown variant or keyword, or sizes that do not fit each other.

    Reference:
        Pascual et al. 2017, arXiv:1703.09452; the code of SEGAN and of SEGAN+. Differs: the
        networks of "causal"; both updates of a step see the same examples, and there is neither
        noise before the discriminator of "segan" nor, for "segan_plus", a late decay of the L1.

    Example:
        >>> import tensorflow as tf
        >>> SEGAN(channels=8)(tf.zeros([1, 1000, 1])).shape
        TensorShape([1, 1000, 1])
    """

    default_objective = "lsgan"
    quality_names = ("si_sdr",)

    def __init__(self, variant: str = "causal", sample_rate_hz: int = 16000, **sizes) -> None:
        made_of, keywords = make_sizes(variant, sizes)
        generator, discriminator, beside = build_networks(made_of)
        super().__init__(generator, discriminator, **keywords)
        self.variant = variant
        self.sample_rate_hz = sample_rate_hz
        self.sizes = made_of
        # In a function, as Keras would track a model: its layers are the discriminator's.
        self._discriminator_beside_reference = lambda: beside

    @property
    def takes_windows(self) -> bool:
        """Whether the generator takes pre-emphasised windows instead of recordings."""
        return self.variant != "causal"

    def compile(
        self,
        generator_optimizer: keras.optimizers.Optimizer | None = None,
        discriminator_optimizer: keras.optimizers.Optimizer | None = None,
        objective: str | None = None,
        *,
        adversarial_weight: float | None = None,
        feature_matching_weight: float | None = None,
        snr_weight: float | None = None,
        magnitude_l1_weight: float | None = None,
        waveform_l1_weight: float | None = None,
        waveform_l2_weight: float | None = None,
        time_frequency_l1_weight: float | None = None,
        time_frequency_l2_weight: float | None = None,
        multi_resolution_stft_weight: float | None = None,
        compressed_spectral_weight: float | None = None,
        stoi_weight: float | None = None,
        **options,
    ) -> None:
        """Set the game, both optimizers and the weight of each generator term.

        A weight that is None is the variant's: "causal" has 0.02 for the adversarial term, 0.1 for
        the signal-to-noise ratio and 1 for magnitudes; the others 1 for the adversarial term and
        100 for the waveform's L1; all else is 0.

        Args:
            generator_optimizer: Keras optimizer; None takes the variant's: Adam(1e-3) for "causal",
                TensorFlow 1's RMSprop at 2e-4 for "segan", PyTorch's at 5e-5 for "segan_plus".
            discriminator_optimizer: The same; Adam(2e-4, 0.5) for "causal".
            objective: One of the five objectives; None takes "lsgan".
            adversarial_weight: Weight of the objective's generator term.
            feature_matching_weight: Weight of the distance between discriminator features, which
                only "causal" has.
            snr_weight: Weight of the negative signal-to-noise ratio, per decibel.
            magnitude_l1_weight: Weight of the distance between magnitude spectra.
            waveform_l1_weight: Weight of mean |x - y|.
            waveform_l2_weight: Weight of mean (x - y)^2.
            time_frequency_l1_weight: Weight of the L1 of real, imaginary part and magnitude.
            time_frequency_l2_weight: Weight of the squared L2 of the same.
            multi_resolution_stft_weight: Weight of the multi-resolution STFT distance.
            compressed_spectral_weight: Weight of the distance between spectra compressed by 0.3.
            stoi_weight: Weight of 1 minus the short-time intelligibility, of speech at 10 kHz or
                more.
            **options: As in `AdversarialModel.compile`.
        """
        given = {
            "adversarial": adversarial_weight,
            "feature_matching": feature_matching_weight,
            "snr": snr_weight,
            "magnitude_l1": magnitude_l1_weight,
            "waveform_l1": waveform_l1_weight,
            "waveform_l2": waveform_l2_weight,
            "time_frequency_l1": time_frequency_l1_weight,
            "time_frequency_l2": time_frequency_l2_weight,
            "multi_resolution_stft": multi_resolution_stft_weight,
            "compressed_spectral": compressed_spectral_weight,
            "stoi": stoi_weight,
        }
        usual = VARIANTS[self.variant].term_weights
        weights = {
            name: usual.get(name, 0.0) if weight is None else weight
            for name, weight in given.items()
        }
        if self.takes_windows and weights["feature_matching"]:
            expected = f"0 for variant {self.variant}, whose discriminator gives a score alone"
            raise InputError("feature_matching_weight", feature_matching_weight, expected)
        super().compile(
            generator_optimizer,
            discriminator_optimizer,
            objective,
            term_weights=weights,
            **options,
        )

    def unpack(self, data) -> Tensors:
        noisy, clean = data
        if self.takes_windows:
            noisy, clean = (self._windows(signal) for signal in (noisy, clean))
        return {"noisy": noisy, "real": clean}

    def synthesize(self, batch: Tensors, seed: tf.Tensor, training: bool) -> tf.Tensor:
        inputs = batch["noisy"]
        if len(self.generator.inputs) > 1:
            shape = self.generator.inputs[1].shape[1:]
            normal = tf.random.stateless_normal
            inputs = [inputs, draw_for_examples(normal, tf.shape(inputs)[0], shape, seed)]
        return self.generator(inputs, training=training)

    def judge(self, candidate: tf.Tensor, batch: Tensors, training: bool):
        noisy, real = batch["noisy"], batch["real"]
        beside_reference = self._discriminator_beside_reference()
        # The real pairs are the reference: beside themselves, their moments are the same.
        if beside_reference is not None and candidate is not real:
            return beside_reference([candidate, noisy, real, noisy], training=training)
        judgement = self.discriminator([candidate, noisy], training=training)
        return judgement if self.takes_windows else [judgement]

    def reconstruction_terms(self, batch: Tensors, fake: tf.Tensor) -> Tensors:
        return {
            name: term(batch["real"], fake)
            for name, term in _TERMS.items()
            if self.term_weights[name]
        }

    def quality(self, batch: Tensors, fake: tf.Tensor) -> Tensors:
        real = batch["real"]
        if self.takes_windows:
            real, fake = (de_emphasis(signal, self.sizes.pre_emphasis) for signal in (real, fake))
        return {"si_sdr": tf.reduce_mean(reconstruction.si_sdr(real, fake))}

    def default_optimizers(self, objective: str) -> Optimizers:
        return VARIANTS[self.variant].make_optimizers()

    def enhance(self, noisy: np.ndarray, **options) -> np.ndarray:
        """Enhance whole recordings, one by one.

        Args:
            noisy: Recordings at `sample_rate_hz`.
            **options: As in `stream`.

        Shape:
            [B, T, 1] -> [B, T, 1], any T from 1 on.

        Raises:
            InputError: Integers, or options as in `stream`.
        """
        noisy = np.asarray(noisy)
        if noisy.dtype.kind in "iub":
            raise InputError("noisy", f"{noisy.dtype} samples", "floats in [-1, 1]")
        if not self.takes_windows:
            return self.generator(noisy, training=False).numpy()
        enhanced = []
        for recording in noisy[:, :, 0]:
            stream = self.stream(**options)
            enhanced.append(np.concatenate([stream.process(recording), stream.flush()]))
        return np.stack(enhanced)[:, :, None]

    def stream(self, **options) -> BlockStream | WindowStream:
        """Return a stream of one channel at `sample_rate_hz`: `process(chunk)`, then `flush()`.

        What comes out of it equals what comes out of the whole recording at once.

        Args:
            **options: None for "causal". For the others `seed`, 0 if not given, of the latents,
                which follow from it and a window's index; `overlap`, the share of a window that it
                has in common with the next, from 0 to 0.5, which is the default, while the
                published code does without; `latents` [W, F, L] of the windows, or of all if W is
                1, in place of drawn ones.

        Raises:
            InputError: Options out of range, or for a variant that has none.
        """
        if self.takes_windows:
            coefficient = self.sizes.pre_emphasis
            return window_stream(self.generator, self._step, coefficient, **options)
        for name in options:
            raise InputError(name, "an option of streams", "none for variant causal")
        return block_stream(self.generator, self._step)

    @functools.cached_property
    def _step(self):
        """One graph of what a stream does again and again."""
        return window_step(self.generator) if self.takes_windows else block_step(self.generator)

    def _windows(self, signal: tf.Tensor) -> tf.Tensor:
        """Cut a batch into windows [B * W, N, 1], each pre-emphasised by itself."""
        window_samples = self.sizes.slice_samples
        num_windows = signal.shape[1] // window_samples
        if not num_windows:
            expected = f"at least a window of {window_samples}"
            raise InputError("training examples", f"{signal.shape[1]} samples", expected)
        whole = signal[:, : num_windows * window_samples]
        windows = tf.reshape(whole, [-1, window_samples, 1])
        return pre_emphasis(windows, self.sizes.pre_emphasis)

    def get_config(self) -> dict:
        return {
            **super().get_config(),
            "variant": self.variant,
            "sample_rate_hz": self.sample_rate_hz,
            **asdict(self.sizes),
        }
