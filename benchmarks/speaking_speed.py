"""Real-time factor and memory of text to wave, over half an hour of speech.

The acoustic model has drawn weights, for speed does not depend on them; its durations are set to
the pace of speech. The text is a made story. Real-time factors are seconds of work for each second
of speech, wall clock and the time that threads were at work; the memory is what the process holds
after each tenth of the text. It rises for about 1,200 sentences, while oneDNN makes and keeps its
kernels for the lengths that it meets, and then stays; TF_ENABLE_ONEDNN_OPTS=0 does without them.

    python benchmarks/speaking_speed.py --vocoder runs/voice
    python benchmarks/speaking_speed.py --vocoder runs/voice --minutes 5 --json speaking.json
"""

from __future__ import annotations

import argparse
import os
import resource
import time
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from tfgan_audio.files import write_json
from tfgan_audio.loading import load
from tfgan_audio.models.acoustic import AcousticModel
from tfgan_audio.serving.speaker import Sentence, Speaker
from tfgan_audio.serving.synthesize_function import describe_acoustic, run_in_keras
from tfgan_audio.text import SymbolTable

SYMBOL_SECONDS, QUIET = 0.075, -2.0
SUBJECTS = ["The old sailor", "My neighbour's daughter", "Dr. Jones", "A tall stranger"]
VERBS = ["walked past", "was looking for", "sold 12 postcards of", "had never heard of"]
OBJECTS = ["the lighthouse", "a small café, which had opened in 1998", "the railway station"]
ENDS = [".", ", and nobody minded.", "; it was half past five!", ", wasn't it?"]
PARTS = ("analysis", "acoustic model", "vocoder")


def make_speaker(vocoder) -> tuple[Speaker, int]:
    """Return a speaker of the default sizes, and how many weights it reads with."""
    keras.utils.set_random_seed(0)
    symbols = SymbolTable.of_languages(["en"]).get_config()
    model = AcousticModel(symbols, vocoder.features)
    hop_seconds = vocoder.hop_samples / vocoder.sample_rate_hz
    duration = model.generator.get_layer("duration_output")
    duration.set_weights([0.1 * duration.kernel.numpy(), np.log1p([SYMBOL_SECONDS / hop_seconds])])
    mel = model.generator.get_layer("mel_output")
    mel.set_weights([0.1 * mel.kernel.numpy(), np.full(vocoder.features.num_mels, QUIET)])
    speaker = Speaker(run_in_keras(model.reader), describe_acoustic(model))
    return speaker, model.reader.count_params()


def story(draws: np.random.Generator) -> Iterator[str]:
    """Yield sentences without end."""
    while True:
        yield " ".join(map(str, map(draws.choice, (SUBJECTS, VERBS, OBJECTS)))) + draws.choice(ENDS)


def text_of(minutes: float) -> str:
    """Return a story that lasts about so long."""
    sentences = story(np.random.default_rng(1))
    return " ".join(next(sentences) for _ in range(round(minutes * 60 / 4.5)))


class Clock:
    """The time that each part takes, from when it is asked until it has answered."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(PARTS, 0.0)

    def timed(self, part: str, values: Iterator) -> Iterator:
        """Yield values, and count the time that making each takes."""
        while True:
            start = time.perf_counter()
            try:
                value = next(values)
            except StopIteration:
                return
            finally:
                self.seconds[part] += time.perf_counter() - start
            yield value

    def of_calls(self, part: str, function):
        """Return a function whose time is counted."""

        def timed(*arguments):
            start = time.perf_counter()
            try:
                return function(*arguments)
            finally:
                self.seconds[part] += time.perf_counter() - start

        return timed


def resident_mb() -> float:
    """Return the memory that the process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def speak(speaker: Speaker, vocoder, text: str) -> dict:
    """Speak a text and return the figures."""
    clock, memory = Clock(), []
    speaker._run = clock.of_calls("acoustic model", speaker._run)
    num_samples, first_sound, start, busy = 0, None, time.perf_counter(), time.process_time()
    num_letters, letters = len(text), 0

    def watched() -> Iterator[Sentence]:
        nonlocal letters
        for sentence in clock.timed("analysis", speaker.sentences(text)):
            letters += len(sentence.spoken)
            if letters >= len(memory) * num_letters / 10:
                memory.append(resident_mb())
            yield sentence

    for chunk in speaker.speak_sentences(watched(), vocoder):
        first_sound = first_sound or time.perf_counter() - start
        num_samples += len(chunk)
    wall, busy = time.perf_counter() - start, time.process_time() - busy
    seconds = num_samples / vocoder.sample_rate_hz
    clock.seconds["vocoder"] = wall - sum(clock.seconds.values())
    return {
        "speech_seconds": seconds,
        "first_sound_seconds": first_sound,
        "real_time_factor": wall / seconds,
        "busy_factor": busy / seconds,
        "real_time_factor_of": {name: value / seconds for name, value in clock.seconds.items()},
        "memory_mb": memory,
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
    }


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--vocoder", required=True, help="run folder, .keras file or export")
    parser.add_argument("--minutes", type=float, default=30.0, help="length of the speech, about")
    parser.add_argument("--json", help="file to write the figures to")
    options = parser.parse_args()
    vocoder = load(options.vocoder, "vocode")
    speaker, num_weights = make_speaker(vocoder)
    speaker.speak("This one is not counted.", vocoder)
    figures = {"weights": num_weights, **speak(speaker, vocoder, text_of(options.minutes))}
    parts = figures["real_time_factor_of"].items()
    print(f"{num_weights / 1e6:.1f} M weights, {figures['speech_seconds'] / 60:.1f} min of speech")
    print(f"first sound after {figures['first_sound_seconds']:.2f} s")
    print(f"real-time factor {figures['real_time_factor']:.3f}, busy {figures['busy_factor']:.3f}")
    print("  ".join(f"{name} {value:.3f}" for name, value in parts))
    print("memory in MB:", " ".join(f"{value:.0f}" for value in figures["memory_mb"]))
    if options.json:
        write_json(options.json, figures)


if __name__ == "__main__":
    main()
