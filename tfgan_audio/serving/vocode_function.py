"""A MelGAN as TensorFlow functions with named tensors.

Letters: B batch, F frames, M mels.
"""

from __future__ import annotations

from collections.abc import Callable

import keras
import tensorflow as tf

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.serving.mel_checks import quiet_frame
from tfgan_audio.serving.mel_descriptions import VocoderDescription, VocoderStepDescription

Named = dict[str, tf.Tensor]


def describe_vocoder(model: keras.Model) -> VocoderDescription:
    """Describe a MelGAN.

    Args:
        model: MelGAN.
    """
    return VocoderDescription(model.features, *model.receptive_frames)


def describe_vocoder_step(model: keras.Model) -> VocoderStepDescription:
    """Describe the step of a MelGAN.

    Args:
        model: MelGAN.
    """
    return VocoderStepDescription(model.features, *model.receptive_frames)


def vocode_function(generator: keras.Model) -> Callable[[tf.Tensor], Named]:
    """Return the function from mels of one length to waveforms.

    Args:
        generator: From mels to waveforms.

    Shape:
        mel [B, F, M] -> waveform [B, F * hop, 1] and num_samples [B], which is F * hop.
    """

    def vocode(mel: tf.Tensor) -> Named:
        waveform = generator(mel, training=False)
        return {
            "waveform": waveform,
            "num_samples": tf.fill(tf.shape(mel)[:1], tf.shape(waveform)[1]),
        }

    return vocode


def padded_function(
    generator: keras.Model, features: MelFeatures
) -> Callable[[tf.Tensor, tf.Tensor], Named]:
    """Return the function from mels of several lengths, padded to one, to waveforms.

    What they are padded with does not matter: the network hears quiet frames behind the end of a
    mel, as in `Vocoder.vocode` with quiet ends.

    Args:
        generator: From mels to waveforms.
        features: What a mel is.

    Shape:
        mel [B, F, M] and num_frames [B] -> waveform [B, F * hop, 1], zero behind the end, and
        num_samples [B].
    """
    quiet = quiet_frame(features)

    def vocode_padded(mel: tf.Tensor, num_frames: tf.Tensor) -> Named:
        most = tf.shape(mel)[1]
        num_frames = tf.clip_by_value(num_frames, 0, most)
        is_given = tf.sequence_mask(num_frames, most)[:, :, None]
        waveform = generator(tf.where(is_given, mel, quiet), training=False)
        num_samples = num_frames * features.hop_samples
        is_sound = tf.sequence_mask(num_samples, tf.shape(waveform)[1])[:, :, None]
        return {"waveform": tf.where(is_sound, waveform, 0.0), "num_samples": num_samples}

    return vocode_padded


def vocode_step_function(
    generator: keras.Model, description: VocoderStepDescription
) -> Callable[[tf.Tensor, tf.Tensor], Named]:
    """Return the function from the next frames, and those before them, to the next samples.

    What it computes for the frames of the past it computes anew in each step: the fewer frames a
    step takes, the more of its work is that.

    Args:
        generator: From mels to waveforms.
        description: How far its samples reach.

    Shape:
        mel [1, F, M] and history [1, H, M] -> waveform [1, F * hop, 1], late by `frames_after`, and
        the history of the next step.
    """
    num_history, hop_samples = description.history_frames, description.features.hop_samples
    start = description.frames_before * hop_samples

    def step(mel: tf.Tensor, history: tf.Tensor) -> Named:
        frames = tf.concat([history, mel], axis=1)
        waveform = generator(frames, training=False)
        end = tf.shape(waveform)[1] - description.frames_after * hop_samples
        after = frames[:, tf.shape(frames)[1] - num_history :]
        return {"waveform": waveform[:, start:end], "history": after}

    return step


def vocode_step_specs(
    description: VocoderStepDescription, num_frames: int | None = None
) -> list[tf.TensorSpec]:
    """Return what goes into a step of a vocoder.

    Args:
        description: Description of the model.
        num_frames: Frames of a step; None for any number.
    """
    num_mels = description.features.num_mels
    history = [1, description.history_frames, num_mels]
    return [
        tf.TensorSpec([1, num_frames, num_mels], tf.float32, name="mel"),
        tf.TensorSpec(history, tf.float32, name="history"),
    ]


def mel_spec(features: MelFeatures) -> tf.TensorSpec:
    """Return what mels of any number and length are, [B, F, M].

    Args:
        features: The definition.
    """
    return tf.TensorSpec([None, None, features.num_mels], tf.float32, name="mel")
