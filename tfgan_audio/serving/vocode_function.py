"""A MelGAN as TensorFlow functions with named tensors.

Letters: B batch, F frames, M mels.
"""

from __future__ import annotations

from collections.abc import Callable

import keras
import tensorflow as tf

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.serving.description import VocoderDescription
from tfgan_audio.serving.mel_checks import quiet_frame

Named = dict[str, tf.Tensor]


def describe_vocoder(model: keras.Model) -> VocoderDescription:
    """Describe a MelGAN.

    Args:
        model: MelGAN.
    """
    return VocoderDescription(model.features, *model.receptive_frames)


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


def mel_spec(features: MelFeatures) -> tf.TensorSpec:
    """Return what mels of any number and length are, [B, F, M].

    Args:
        features: The definition.
    """
    return tf.TensorSpec([None, None, features.num_mels], tf.float32, name="mel")
