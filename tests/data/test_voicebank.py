"""The VoiceBank-DEMAND layout, on a small folder made in it."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tfgan_audio.config.data_schema import VoiceBankDataConfig
from tfgan_audio.data.prepare import prepare
from tfgan_audio.errors import InputError

SPEAKERS = ("p226", "p230", "p287", "p276")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Four speakers x 3 sentences at 48 kHz, and a test set of one more."""
    rng = np.random.default_rng(0)
    names = [f"{speaker}_{number:03d}.wav" for speaker in SPEAKERS for number in range(1, 4)]
    for part, files in (("trainset_28spk", names), ("testset", ["p232_001.wav"])):
        for name in files:
            clean = 0.1 * rng.standard_normal(int(rng.integers(20_000, 40_000)))
            noisy = clean + 0.02 * rng.standard_normal(len(clean))
            for side, waveform in (("clean", clean), ("noisy", noisy)):
                (tmp_path / f"{side}_{part}_wav").mkdir(exist_ok=True)
                soundfile.write(tmp_path / f"{side}_{part}_wav" / name, waveform, 48_000)
    return tmp_path


def section_of(root: Path, **changes: object) -> VoiceBankDataConfig:
    keys = {"root_dir": str(root), "shards_dir": str(root / "out" / "shards")}
    return VoiceBankDataConfig(**(keys | changes))


def test_pairs_are_resampled_once_and_two_speakers_are_held_out(root: Path) -> None:
    prepared = prepare(section_of(root))
    noisy, clean = prepared["noisy"], prepared["clean"]
    assert noisy.names == clean.names and noisy.num_clips == 12
    assert noisy.sample_rate_hz == clean.sample_rate_hz == 16_000
    for side in (noisy, clean):
        held_out = {name[:4] for name in side.subset("validation").names}
        assert held_out == {"p226", "p287"}
        assert {name[:4] for name in side.subset("train").names} == {"p230", "p276"}
    assert set(noisy.labels) == set(SPEAKERS)
    for index, name in enumerate(clean.names):
        info = soundfile.info(root / "clean_trainset_28spk_wav" / name)
        assert clean.entries[index].num_samples == pytest.approx(info.frames / 3, abs=0.5)
        noise = noisy.read(index) - clean.read(index)
        assert np.std(noise) == pytest.approx(0.02 / np.sqrt(3), rel=0.05)  # a third of the band
    again = prepare(section_of(root))
    assert again["noisy"].entries == noisy.entries


def test_other_speakers_make_another_set(root: Path) -> None:
    prepare(section_of(root))
    other = section_of(root, validation_speakers=("p230",))
    with pytest.raises(InputError, match="got a set of other files or settings"):
        prepare(other)
    prepared = prepare(other, overwrite=True)
    assert {name[:4] for name in prepared["noisy"].subset("validation").names} == {"p230"}


def test_what_does_not_fit_is_one_line(root: Path) -> None:
    for changes, message in (
        ({"training_set": "56spk"}, "noisy_trainset_56spk_wav: got no such folder"),
        (
            {"validation_speakers": ("p999",)},
            "validation_speakers: got p999, expected speakers of the training set: p226, p230",
        ),
        ({"validation_speakers": SPEAKERS}, "validation_speakers: got p226.*expected others to"),
    ):
        with pytest.raises(InputError, match=message):
            prepare(section_of(root, **changes))
    assert not (root / "out").exists()


def test_pairs_that_do_not_match_are_one_line(root: Path) -> None:
    side = root / "noisy_trainset_28spk_wav"
    waveform, _ = soundfile.read(side / "p230_001.wav")
    soundfile.write(side / "p230_001.wav", waveform[:-1], 48_000)
    with pytest.raises(InputError, match=r"got 1 unequal pairs: p230_001.wav \(.* at 48000 Hz"):
        prepare(section_of(root))
    soundfile.write(side / "p230_001.wav", waveform, 16_000)
    with pytest.raises(InputError, match=r"p230_001.wav \(.* at 16000 Hz against .* at 48000 Hz"):
        prepare(section_of(root))
    (side / "p230_001.wav").unlink()
    with pytest.raises(InputError, match="no noisy partner for 1 of 12 files: p230_001"):
        prepare(section_of(root))
    assert not (root / "out").exists()
