"""SEGAN: adversarial speech enhancement from pairs of noisy and clean recordings."""

from __future__ import annotations

import functools

import keras
import tensorflow as tf

from tfgan_audio.audio.block_stream import BlockStream
from tfgan_audio.errors import InputError
from tfgan_audio.layers.block_fourier import LogPowerFrames
from tfgan_audio.layers.causal_enhancer import CausalEnhancer
from tfgan_audio.losses import reconstruction, spectral
from tfgan_audio.models.adversarial import AdversarialModel, Tensors

_RESOLUTION = spectral.StftResolution(fft_samples=512, hop_samples=256, window_samples=512)
_TERMS = {
    "snr": reconstruction.negative_snr,
    "waveform_l1": reconstruction.waveform_l1,
    "waveform_l2": reconstruction.waveform_l2,
    "magnitude_l1": functools.partial(spectral.magnitude_l1, resolution=_RESOLUTION),
    "time_frequency_l1": functools.partial(spectral.time_frequency_l1, resolution=_RESOLUTION),
    "time_frequency_l2": functools.partial(spectral.time_frequency_l2, resolution=_RESOLUTION),
    "multi_resolution_stft": functools.partial(spectral.multi_resolution_stft, per_example=True),
}


@keras.saving.register_keras_serializable(package="tfgan_audio")
class SEGAN(AdversarialModel):
    """Speech enhancement GAN; trained on `(noisy, clean)` pairs, called on noisy speech.

    Args:
        variant: "causal", a streaming network of this package: a complex mask on short-time
            spectra, judged by a discriminator of (candidate, noisy) spectra.
        sample_rate_hz: Rate of all recordings.
        frame_samples: Samples of a Fourier frame; equals the algorithmic latency.
        hop_samples: Samples between two frames.
        channels: Width of the generator.
        kernel_size: Frames that one of its convolutions sees.
        dilations: Distance between those frames, one entry a convolution.
        discriminator_channels: Width of the discriminator.

    Shape:
        noisy [B, T, 1] -> clean estimate [B, T, 1], aligned in time.

    Raises:
        InputError: An unknown variant or sizes that do not fit each other.

    Reference:
        Pascual et al. 2017, arXiv:1703.09452, for the game on pairs. Differs: both networks.

    Example:
        >>> import tensorflow as tf
        >>> SEGAN(channels=8)(tf.zeros([1, 1000, 1])).shape
        TensorShape([1, 1000, 1])
    """

    default_objective = "lsgan"
    quality_names = ("si_sdr",)

    def __init__(
        self,
        variant: str = "causal",
        sample_rate_hz: int = 16000,
        *,
        frame_samples: int = 512,
        hop_samples: int = 256,
        channels: int = 256,
        kernel_size: int = 3,
        dilations: tuple[int, ...] = (1, 2, 4, 8, 16),
        discriminator_channels: int = 64,
        **kwargs,
    ) -> None:
        if variant != "causal":
            raise InputError("variant", variant, "causal")
        generator = build_causal_generator(
            frame_samples=frame_samples,
            hop_samples=hop_samples,
            channels=channels,
            kernel_size=kernel_size,
            dilations=tuple(dilations),
        )
        discriminator = build_spectral_discriminator(discriminator_channels)
        super().__init__(generator, discriminator, **kwargs)
        self.variant = variant
        self.sample_rate_hz = sample_rate_hz
        self.frame_samples = frame_samples
        self.hop_samples = hop_samples
        self.channels = channels
        self.kernel_size = kernel_size
        self.dilations = tuple(dilations)
        self.discriminator_channels = discriminator_channels

    def compile(
        self,
        generator_optimizer: keras.optimizers.Optimizer | None = None,
        discriminator_optimizer: keras.optimizers.Optimizer | None = None,
        objective: str | None = None,
        *,
        adversarial_weight: float = 0.02,
        feature_matching_weight: float = 0.0,
        snr_weight: float = 0.1,
        magnitude_l1_weight: float = 1.0,
        waveform_l1_weight: float = 0.0,
        waveform_l2_weight: float = 0.0,
        time_frequency_l1_weight: float = 0.0,
        time_frequency_l2_weight: float = 0.0,
        multi_resolution_stft_weight: float = 0.0,
        **options,
    ) -> None:
        """Set the game, both optimizers and the weight of each generator term.

        Args:
            generator_optimizer: Keras optimizer; None takes Adam(1e-3).
            discriminator_optimizer: Keras optimizer; None takes Adam(2e-4, 0.5).
            objective: One of the five objectives; None takes "lsgan".
            adversarial_weight: Weight of the objective's generator term.
            feature_matching_weight: Weight of the distance between discriminator features.
            snr_weight: Weight of the negative signal-to-noise ratio, per decibel.
            magnitude_l1_weight: Weight of the distance between magnitude spectra.
            waveform_l1_weight: Weight of mean |x - y|.
            waveform_l2_weight: Weight of mean (x - y)^2.
            time_frequency_l1_weight: Weight of the L1 of real, imaginary part and magnitude.
            time_frequency_l2_weight: Weight of the squared L2 of the same.
            multi_resolution_stft_weight: Weight of the multi-resolution STFT distance.
            **options: As in `AdversarialModel.compile`.
        """
        weights = {
            "adversarial": adversarial_weight,
            "feature_matching": feature_matching_weight,
            "snr": snr_weight,
            "magnitude_l1": magnitude_l1_weight,
            "waveform_l1": waveform_l1_weight,
            "waveform_l2": waveform_l2_weight,
            "time_frequency_l1": time_frequency_l1_weight,
            "time_frequency_l2": time_frequency_l2_weight,
            "multi_resolution_stft": multi_resolution_stft_weight,
        }
        super().compile(
            generator_optimizer,
            discriminator_optimizer,
            objective,
            term_weights=weights,
            **options,
        )

    def unpack(self, data) -> Tensors:
        noisy, clean = data
        return {"noisy": noisy, "real": clean}

    def synthesize(self, batch: Tensors, seed: tf.Tensor, training: bool) -> tf.Tensor:
        return self.generator(batch["noisy"], training=training)

    def judge(self, candidate: tf.Tensor, batch: Tensors, training: bool):
        return [self.discriminator([candidate, batch["noisy"]], training=training)]

    def reconstruction_terms(self, batch: Tensors, fake: tf.Tensor) -> Tensors:
        return {
            name: term(batch["real"], fake)
            for name, term in _TERMS.items()
            if self.term_weights[name]
        }

    def quality(self, batch: Tensors, fake: tf.Tensor) -> Tensors:
        return {"si_sdr": tf.reduce_mean(reconstruction.si_sdr(batch["real"], fake))}

    def default_optimizers(self) -> tuple[keras.optimizers.Optimizer, keras.optimizers.Optimizer]:
        return keras.optimizers.Adam(1e-3), keras.optimizers.Adam(2e-4, beta_1=0.5)

    def stream(self) -> BlockStream:
        """Return a stream of one channel at `sample_rate_hz`: `process(chunk)`, then `flush()`.

        Returns:
            A stream whose output equals that of the whole recording at once, `frame_samples`
            behind the input.
        """
        enhancer = self.generator.get_layer("enhancer")
        histories = [tf.zeros([1, *shape]) for shape in enhancer.history_shapes()]

        def step(blocks, histories):
            enhanced, histories = self._step(tf.constant(blocks), *histories)
            return enhanced.numpy(), histories

        return BlockStream(step, histories, enhancer.hop_samples, enhancer.latency_samples)

    @functools.cached_property
    def _step(self):
        """One graph of the streaming step for any number of blocks."""
        enhancer = self.generator.get_layer("enhancer")
        blocks = tf.TensorSpec([1, None, enhancer.hop_samples])
        histories = [tf.TensorSpec([1, *shape]) for shape in enhancer.history_shapes()]
        step = tf.function(
            lambda blocks, *histories: enhancer.step(blocks, list(histories)),
            input_signature=[blocks, *histories],
            autograph=False,
        )
        # Called as it is, a function looks for the right graph each time: 0.3 ms.
        return step.get_concrete_function()

    def get_config(self) -> dict:
        return {
            **super().get_config(),
            "variant": self.variant,
            "sample_rate_hz": self.sample_rate_hz,
            "frame_samples": self.frame_samples,
            "hop_samples": self.hop_samples,
            "channels": self.channels,
            "kernel_size": self.kernel_size,
            "dilations": list(self.dilations),
            "discriminator_channels": self.discriminator_channels,
        }


def build_causal_generator(**sizes) -> keras.Model:
    """Build the causal generator.

    Args:
        **sizes: Arguments of `CausalEnhancer`.

    Shape:
        noisy [B, T, 1] -> [B, T, 1].
    """
    noisy = keras.Input([None, 1], name="noisy")
    return keras.Model(noisy, CausalEnhancer(name="enhancer", **sizes)(noisy), name="generator")


def build_spectral_discriminator(channels: int) -> keras.Model:
    """Build a convolutional discriminator of log-power spectra.

    Args:
        channels: Width of its three hidden convolutions.

    Shape:
        [candidate [B, T, 1], noisy [B, T, 1]] -> maps [B, F, channels] ..., score [B, F', 1].
    """
    candidate = keras.Input([None, 1], name="candidate")
    noisy = keras.Input([None, 1], name="noisy")
    frames = LogPowerFrames(512, 256, name="log_power")
    hidden = keras.layers.Concatenate()([frames(candidate), frames(noisy)])
    maps = []
    for index, stride in enumerate((1, 2, 2)):
        convolution = keras.layers.Conv1D(
            channels, 5, strides=stride, padding="same", name=f"conv_{index}"
        )
        hidden = keras.layers.LeakyReLU(0.2)(convolution(hidden))
        maps.append(hidden)
    score = keras.layers.Conv1D(1, 3, padding="same", dtype="float32", name="score")(hidden)
    return keras.Model([candidate, noisy], [*maps, score], name="discriminator")
