"""An acoustic model whose speech is known: each symbol lasts a few frames and has its own level."""

import numpy as np
from made_vocoder import FEATURES

from tfgan_audio.serving.mel_descriptions import AcousticDescription
from tfgan_audio.serving.speaker import Speaker
from tfgan_audio.text.symbols import SymbolTable

TABLE = SymbolTable.of_languages(["en"])
DESCRIPTION = AcousticDescription(
    FEATURES, tuple(TABLE.get_config()), ("amy", "bob"), ("en", "zh"), ("calm", "angry")
)
FRAMES = 4


def mel_of(inputs: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """The mel [F, M] of one sentence and the frames of its symbols: four, divided by the pace."""
    durations = np.maximum(1, np.rint(FRAMES / inputs["pace"][0])).astype(np.int32)
    levels = -3.0 + inputs["symbols"][0] / len(TABLE)
    return np.tile(np.repeat(levels, durations)[:, None], [1, FEATURES.num_mels]), durations


class Recorder:
    """Runs that model, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, np.ndarray]] = []

    def __call__(self, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        self.asked.append(inputs)
        mel, durations = mel_of(inputs)
        num_frames = np.array([len(mel)], np.int32)
        mel = mel.astype(np.float32)[None]
        return {"mel": mel, "durations": durations[None], "num_frames": num_frames}


def make_speaker() -> tuple[Speaker, Recorder]:
    """That speaker, and what records what it is asked."""
    recorder = Recorder()
    return Speaker(recorder, DESCRIPTION), recorder
