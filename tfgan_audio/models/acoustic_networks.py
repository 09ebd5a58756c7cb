"""The networks of the acoustic model: one that learns from recordings, one that reads alone.

Both are made of the same layers. Letters: B batch, N symbols, F frames, M mels, S speakers,
E styles.
"""

from __future__ import annotations

import zlib

import keras
from keras import ops

from tfgan_audio.layers.aligner import Aligner, FramePath, HardAlignment
from tfgan_audio.layers.counted_dropout import CountedDropout
from tfgan_audio.layers.feed_forward_block import FeedForwardBlock, Positions
from tfgan_audio.layers.length_regulator import LengthRegulator, SpokenDurations
from tfgan_audio.models.acoustic_sizes import AcousticSizes
from tfgan_audio.models.mel_discriminator import judge_mel_scales

SYMBOL_EMBEDDING, LANGUAGE_EMBEDDING = "symbol_embedding", "language_embedding"
SPEAKER_EMBEDDING, STYLE_EMBEDDING = "speaker_embedding", "style_embedding"
_NUM_JUDGES = 2
_WIDEST_JUDGE = 4


class AcousticParts:
    """The layers that both networks share.

    Args:
        sizes: What they are made of.
        num_symbols: Ids of symbols, the padding's included.
        num_languages: Languages, without the 0 that stands for none.
        num_mels: M.
    """

    def __init__(
        self, sizes: AcousticSizes, num_symbols: int, num_languages: int, num_mels: int
    ) -> None:
        width, layers = sizes.width, keras.layers
        normal = keras.initializers.RandomNormal(stddev=1.0)
        self.symbol = layers.Embedding(num_symbols, width, normal, name=SYMBOL_EMBEDDING)
        self.language = layers.Embedding(num_languages + 1, width, name=LANGUAGE_EMBEDDING)
        self.speaker = layers.Dense(width, use_bias=False, name=SPEAKER_EMBEDDING)
        self.style = layers.Dense(width, use_bias=False, name=STYLE_EMBEDDING)
        self.encoder = _Transformer(sizes, sizes.num_encoder_blocks, "encoder")
        self.decoder = _Transformer(sizes, sizes.num_decoder_blocks, "decoder")
        self.duration = _Predictor(sizes, "duration")
        self.pitch = _Predictor(sizes, "pitch")
        self.energy = _Predictor(sizes, "energy")
        self.pitch_input = layers.Conv1D(width, 3, padding="same", name="pitch_input")
        self.energy_input = layers.Conv1D(width, 3, padding="same", name="energy_input")
        self.mel = layers.Dense(num_mels, dtype="float32", name="mel_output")

    def encode(self, inputs: dict) -> tuple:
        """Return the embedded symbols, what they become in context, and their mask."""
        mask = ops.cast(ops.not_equal(inputs["symbols"], 0), "float32")
        condition = self.speaker(inputs["speaker"]) + self.style(inputs["style"])
        embedded = self.symbol(inputs["symbols"]) + self.language(inputs["languages"])
        embedded = embedded + ops.expand_dims(condition, 1)
        return embedded, self.encoder(embedded, mask), mask

    def colour(self, encoded, pitch, energy, mask):
        """Add the pitch and the energy of each symbol to what is known of it."""
        pitch, energy = (ops.expand_dims(value * mask, -1) for value in (pitch, energy))
        return encoded + self.pitch_input(pitch) + self.energy_input(energy)

    def decode(self, coloured, path):
        """Return the mel of symbols along a path, zero behind its end."""
        mask = ops.sum(path, axis=-1)
        frames = LengthRegulator(name="length_regulator")([coloured, path])
        return self.mel(self.decoder(frames, mask)) * ops.expand_dims(mask, -1)


def build_learner(
    parts: AcousticParts, sizes: AcousticSizes, num_mels: int, num_speakers: int, num_styles: int
) -> keras.Model:
    """Build the network that is trained: it aligns a recording with its symbols, and imitates it.

    Args:
        parts: The shared layers.
        sizes: What the networks are made of.
        num_mels: M.
        num_speakers: S.
        num_styles: E.

    Returns:
        From a dictionary of symbols [B, N], languages [B, N], speaker [B, S], style [B, E],
        mel [B, F, M], pitch [B, F] and num_frames [B], and durations [B, N] where they are not
        learned, to one of mel [B, F, M], durations [B, N], each symbol's pitch, energy and
        log_durations [B, N] as predicted and, after `true_`, as they were; and path [B, F, N] and,
        where durations are learned, log_probabilities [B, F, N].
    """
    inputs = {
        **_text_inputs(num_speakers, num_styles),
        "mel": keras.Input([None, num_mels], name="mel"),
        "pitch": keras.Input([None], name="pitch"),
        "num_frames": keras.Input([], dtype="int32", name="num_frames"),
    }
    embedded, encoded, mask = parts.encode(inputs)
    outputs = {}
    if sizes.learned_durations:
        num_symbols = ops.cast(ops.sum(mask, axis=1), "int32")
        lengths = [num_symbols, inputs["num_frames"]]
        aligner = Aligner(sizes.aligner_channels, name="aligner")
        scores = aligner([embedded, inputs["mel"], *lengths])
        durations = HardAlignment(name="hard_alignment")([scores, *lengths])
        outputs["log_probabilities"] = scores
    else:
        inputs["durations"] = keras.Input([None], dtype="int32", name="durations")
        durations = inputs["durations"]
    path = FramePath(name="path")([durations, inputs["mel"]])
    true_pitch = _symbol_means(inputs["pitch"], path)
    true_energy = _symbol_means(ops.mean(inputs["mel"], axis=-1), path)
    coloured = parts.colour(encoded, true_pitch, true_energy, mask)
    outputs |= {
        "mel": parts.decode(coloured, path),
        "path": path,
        "durations": durations,
        "log_durations": parts.duration(encoded, mask),
        "pitch": parts.pitch(encoded, mask),
        "energy": parts.energy(encoded, mask),
        "true_log_durations": ops.log1p(ops.cast(durations, "float32")),
        "true_pitch": true_pitch,
        "true_energy": true_energy,
    }
    return keras.Model(inputs, outputs, name="generator")


def build_reader(parts: AcousticParts, num_speakers: int, num_styles: int) -> keras.Model:
    """Build the network that reads: it knows symbols and conditions alone.

    Args:
        parts: The shared layers.
        num_speakers: S.
        num_styles: E.

    Returns:
        From a list of symbols [B, N], languages [B, N], speaker [B, S], style [B, E], pace [B, N]
        above 0, and what is added to pitch [B, N] in octaves and to energy [B, N], to a dictionary
        of mel [B, F, M], zero behind the end, num_frames [B] and durations [B, N].
    """
    inputs = _text_inputs(num_speakers, num_styles)
    inputs |= {
        name: keras.Input([None], name=name) for name in ("pace", "pitch_shift", "energy_shift")
    }
    _, encoded, mask = parts.encode(inputs)
    spoken = SpokenDurations(name="spoken_durations")
    durations = spoken([parts.duration(encoded, mask), inputs["pace"], mask])
    pitch = parts.pitch(encoded, mask) + inputs["pitch_shift"]
    energy = parts.energy(encoded, mask) + inputs["energy_shift"]
    coloured = parts.colour(encoded, pitch, energy, mask)
    mel = parts.decode(coloured, FramePath(name="path")(durations))
    num_frames = ops.sum(durations, axis=1)
    outputs = {"mel": mel, "num_frames": num_frames, "durations": durations}
    return keras.Model(list(inputs.values()), outputs, name="reader")


def build_mel_discriminator(sizes: AcousticSizes, num_mels: int) -> keras.Model:
    """Build the judge of mels, at two rates of frames.

    Args:
        sizes: What it is made of.
        num_mels: M.

    Returns:
        From mel [B, F, M] to a list over rates of feature maps, each one's score last.
    """
    mel = keras.Input([None, num_mels], name="mel")
    channels = sizes.discriminator_channels
    scales = judge_mel_scales(mel, _NUM_JUDGES, channels, _WIDEST_JUDGE * channels)
    return keras.Model(mel, scales, name="discriminator")


def _text_inputs(num_speakers: int, num_styles: int) -> dict[str, keras.KerasTensor]:
    """What both networks are told."""
    return {
        "symbols": keras.Input([None], dtype="int32", name="symbols"),
        "languages": keras.Input([None], dtype="int32", name="languages"),
        "speaker": keras.Input([num_speakers], name="speaker"),
        "style": keras.Input([num_styles], name="style"),
    }


def _symbol_means(values, path):
    """Return the mean of [B, F] over the frames of each symbol, [B, N]; 0 where there are none."""
    sums = ops.sum(values[:, :, None] * path, axis=1)
    return sums / ops.maximum(ops.sum(path, axis=1), 1.0)


def _seed(name: str, index: int) -> int:
    """Return the key of a layer's draws, one of its own."""
    return zlib.crc32(f"{name} {index}".encode())


class _Transformer:
    """Some feed-forward blocks behind positions."""

    def __init__(self, sizes: AcousticSizes, num_blocks: int, name: str) -> None:
        self.positions = Positions(name=f"{name}_positions")
        self.norm = keras.layers.LayerNormalization(epsilon=1e-5, name=f"{name}_norm")
        self.blocks = [
            FeedForwardBlock(
                sizes.num_heads,
                sizes.feed_forward_channels,
                sizes.kernel_size,
                sizes.dropout,
                _seed(name, index),
                name=f"{name}_{index}",
            )
            for index in range(num_blocks)
        ]

    def __call__(self, sequence, mask):
        hidden = self.positions(sequence)
        for block in self.blocks:
            hidden = block([hidden, mask])
        return self.norm(hidden)


class _Predictor:
    """Two convolutions that give one number for each symbol."""

    def __init__(self, sizes: AcousticSizes, name: str) -> None:
        layers, width = keras.layers, sizes.predictor_channels
        self.stages = [
            (
                layers.Conv1D(
                    width, sizes.kernel_size, padding="same", name=f"{name}_convolution_{index}"
                ),
                layers.LayerNormalization(epsilon=1e-5, name=f"{name}_norm_{index}"),
                CountedDropout(sizes.dropout, _seed(name, index), name=f"{name}_dropout_{index}"),
            )
            for index in range(2)
        ]
        self.output = layers.Dense(1, dtype="float32", name=f"{name}_output")

    def __call__(self, sequence, mask):
        for convolution, norm, dropout in self.stages:
            inside = sequence * ops.expand_dims(ops.cast(mask, sequence.dtype), -1)
            sequence = dropout(norm(ops.relu(convolution(inside))))
        return ops.squeeze(self.output(sequence), -1) * mask
