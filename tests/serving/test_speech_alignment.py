"""Words and sounds of recordings: what a model is asked, and when its frames are."""

import re
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.errors import InputError
from tfgan_audio.serving.speech_alignment import SpeechAligner, boundary_seconds
from tfgan_audio.serving.text_grid import text_grid
from tfgan_audio.text import SymbolTable, analyze

RATE, HOP = 8000, 80
FEATURES = MelFeatures(
    sample_rate_hz=RATE, fft_samples=256, window_samples=256, hop_samples=HOP, num_mels=20
)
SYMBOLS = SymbolTable.of_languages(["en"]).get_config()


class Knowing:
    """A model that gives every symbol two frames, and the last one the rest; it keeps batches."""

    features, symbols, languages = FEATURES, SYMBOLS, ("zh", "en")
    speakers, sizes = ("amy", "bob"), SimpleNamespace(learned_durations=True)

    def align(self, batch: dict[str, np.ndarray]) -> np.ndarray:
        self.batch = batch
        durations = np.full(batch["symbols"].shape, 2)
        durations[0, -1] += batch["num_frames"][0] - durations.sum()
        return durations


def test_frames_become_seconds() -> None:
    model = Knowing()
    aligner = SpeechAligner(model, "bob", "en")
    found = aligner.align(np.zeros(16000, np.float32), 16000, "Hi, it. Go!")
    hi, it, go = (token.phonemes for token in analyze("Hi, it. Go!").tokens)
    frame = HOP / RATE
    starts = [0, 2 * (len(hi) + 1), 2 * (len(hi) + len(it) + 2)]
    assert [one.label for one in found.words] == ["Hi", "it", "Go"]
    assert [one.start_seconds for one in found.words] == pytest.approx([n * frame for n in starts])
    ends = [start + 2 * len(sounds) for start, sounds in zip(starts, (hi, it, go))]
    assert [one.end_seconds for one in found.words] == pytest.approx([n * frame for n in ends])
    assert found.end_seconds == 1.0
    assert [one.label for one in found.phones] == [*hi, *it, *go]
    assert found.phones[len(hi)].start_seconds == pytest.approx(starts[1] * frame)
    batch = model.batch
    assert batch["symbols"][0].tolist() == [
        SYMBOLS.index(s) for s in analyze("Hi, it. Go!").symbols
    ]
    assert set(batch["languages"][0]) == {2} and batch["speaker"].tolist() == [1]
    assert batch["num_frames"].tolist() == [1.0 / frame]


def test_silence_at_the_ends_belongs_to_no_word() -> None:
    """30 ms before the sound and 100 ms behind it are kept, as in training."""
    spoken = np.random.default_rng(0).normal(0, 0.1, RATE // 2).astype(np.float32)
    silent = np.zeros(RATE // 4, np.float32)
    aligner = SpeechAligner(Knowing(), language="en")
    bare = aligner.align(np.pad(spoken, (240, 800)), RATE, "Hi, it. Go!")
    found = aligner.align(np.concatenate([silent, spoken, silent]), RATE, "Hi, it. Go!")
    assert found.words[0].start_seconds == pytest.approx(0.25 - 0.03)
    assert found.phones[-1].end_seconds <= 0.75 + 0.1
    assert found.end_seconds == 1.0
    for with_silence, without in zip(found.phones, bare.phones, strict=True):
        shift = with_silence.start_seconds - without.start_seconds
        assert shift == pytest.approx(0.22)


class Given(Knowing):
    """A model that gives symbols the durations it is told, and the last one the rest."""

    def __init__(self, *durations: int) -> None:
        self.durations = durations

    def align(self, batch: dict[str, np.ndarray]) -> np.ndarray:
        rest = batch["num_frames"][0] - sum(self.durations)
        return np.array([[*self.durations, rest]])


def tiers(grid: str) -> dict[str, list[tuple[float, float, str]]]:
    """Read a TextGrid: the intervals of each tier."""
    found = {}
    for tier in grid.split("    item [")[1:]:
        name = re.search(r'name = "(.*)"', tier)[1]
        pattern = r'xmin = (\S+)\s+xmax = (\S+)\s+text = "(.*)"'
        found[name] = [(float(a), float(b), text) for a, b, text in re.findall(pattern, tier)]
    return found


def test_pauses_are_intervals_of_their_own() -> None:
    """`Hi, it is. Go!`: marks of 30 frames, of one, of 12, and of what is left at the end."""
    model = Given(3, 9, 30, 2, 5, 1, 4, 6, 12, 7, 8)
    samples = np.zeros(round(1.0037 * 16000), np.float32)
    found = SpeechAligner(model, "amy", "en").align(samples, 16000, "Hi, it is. Go!")
    assert [len(token.phonemes) for token in analyze("Hi, it is. Go!").tokens] == [2, 2, 2, 2]
    end = len(samples) / 16000
    frames = {
        "words": [
            (0, 12, "Hi"), (12, 42, ""), (42, 49, "it"), (49, 50, ""), (50, 60, "is"), (60, 72, ""),
            (72, 87, "Go"), (87, None, ""),
        ],
        "phones": [
            (0, 3, "h"), (3, 12, "ˈaɪ"), (12, 42, ""), (42, 44, "ɪ"), (44, 49, "t"), (49, 50, ""),
            (50, 54, "ɪ"), (54, 60, "z"), (60, 72, ""), (72, 79, "ɡ"), (79, 87, "ˌoʊ"),
            (87, None, ""),
        ],
    }  # fmt: skip
    grid = tiers(text_grid({"words": found.words, "phones": found.phones}, found.end_seconds))
    for name, expected in frames.items():
        # A frame is 10 ms, and lies around its centre.
        seconds = [(a / 100, end if b is None else b / 100, label) for a, b, label in expected]
        assert [label for *_, label in grid[name]] == [label for *_, label in seconds]
        for one, other in zip(grid[name], seconds, strict=True):
            assert one[:2] == pytest.approx(other[:2])
        assert grid[name][0][0] == 0.0 and grid[name][-1][1] == end == found.end_seconds
        assert all(one[1] == other[0] for one, other in pairwise(grid[name]))
        # What JSON lists is the same without the pauses.
        listed = [(i.start_seconds, i.end_seconds, i.label) for i in getattr(found, name)]
        assert listed == [interval for interval in grid[name] if interval[2]]


@pytest.mark.parametrize(("centring", "first"), [("half_hop", 3.0), ("centre", 2.5)])
def test_a_boundary_lies_between_the_centres_of_frames(centring: str, first: float) -> None:
    """Frame i is centred at i + 1/2 hops where half a hop is kept, else at i hops."""
    features = MelFeatures(hop_samples=256, sample_rate_hz=25600, centring=centring)
    times = boundary_seconds(np.array([3, 0, 7]), features, 0.095)
    assert times == pytest.approx([0.0, 0.01 * first, 0.01 * first, 0.095])


def test_what_cannot_be_aligned_is_refused() -> None:
    aligner = SpeechAligner(Knowing())
    too_short = r"^recording: got 0.05 s of sound, expected 0.09 s at least for 9"
    with pytest.raises(InputError, match=too_short):
        aligner.align(np.zeros(400, np.float32), RATE, "It is it.")
    with pytest.raises(InputError, match="with the sounds"):
        aligner.align(np.zeros(8000, np.float32), RATE, "你好")
    with pytest.raises(InputError, match="unknown speaker"):
        SpeechAligner(Knowing(), "eve")
    with pytest.raises(InputError, match="unknown language"):
        SpeechAligner(Knowing(), language="de")
    given = Knowing()
    given.sizes = SimpleNamespace(learned_durations=False)
    with pytest.raises(InputError, match="without an aligner"):
        SpeechAligner(given)
