"""Preparing writes a complete, checked set once, or one clear line and nothing."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile

from tfgan_audio.data.enhancement import Mixtures, Pairs
from tfgan_audio.data.prepare import prepare
from tfgan_audio.errors import InputError


def mixtures_of(folder: Path, **changes: object) -> SimpleNamespace:
    """Data section of kind "mixtures"."""
    section = {
        "kind": "mixtures",
        "speech_dir": str(folder / "speech"),
        "noise_dir": str(folder / "noise"),
        "shards_dir": str(folder / "out" / "shards"),
        "sample_rate_hz": 16_000,
        "validation_fraction": 0.25,
        "num_noises": (1, 1),
        "reverb_probability": 0.0,
    }
    return SimpleNamespace(**(section | changes))


def pairs_of(folder: Path) -> SimpleNamespace:
    """Data section of kind "pairs"."""
    folders = {"noisy_dir": str(folder / "noisy"), "clean_dir": str(folder / "clean")}
    return mixtures_of(folder, kind="pairs", **folders)


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    """Eight pairs at 48 kHz, near full scale."""
    rng = np.random.default_rng(0)
    for number in range(8):
        clean = np.clip(0.5 * rng.standard_normal(4800 + 480 * number), -0.99, 0.99)
        noisy = np.clip(clean + 0.1 * rng.standard_normal(len(clean)), -0.999, 0.999)
        for side, waveform in (("clean", clean), ("noisy", noisy)):
            (tmp_path / side).mkdir(exist_ok=True)
            soundfile.write(tmp_path / side / f"p{number}.wav", waveform, 48_000)
    return tmp_path


def state(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file below a folder with what changes if it is written again."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path): (path.stat().st_ino, path.stat().st_mtime_ns) for path in files}


def test_mixtures_become_two_sets_with_the_samples_of_the_files(corpus: Path) -> None:
    prepared = prepare(mixtures_of(corpus))
    assert list(prepared.roles) == ["speech", "noise"]
    assert (prepared["speech"].num_clips, prepared["noise"].num_clips) == (12, 5)
    for role in ("speech", "noise"):
        for index, name in enumerate(prepared[role].names):
            expected, _ = soundfile.read(corpus / role / name, dtype="float32", always_2d=True)
            np.testing.assert_array_equal(prepared[role].read(index), expected)
    held_out = prepared["speech"].subset("validation")
    assert held_out.num_clips == 3 and len(set(held_out.labels)) == 1
    assert prepared["noise"].subset("validation").num_clips == 1
    Mixtures(*(prepared[role].subset("train") for role in ("speech", "noise")), 1600).item(0)
    assert "speech  validation        3 clips" in prepared.table()
    assert os.listdir(corpus / "out") == ["shards"]


def test_a_second_time_nothing_is_written(corpus: Path) -> None:
    first = prepare(mixtures_of(corpus))
    before = state(corpus / "out")
    second = prepare(mixtures_of(corpus))
    assert state(corpus / "out") == before
    assert second["speech"].entries == first["speech"].entries


def test_shards_are_enough_without_their_sources(corpus: Path) -> None:
    prepare(mixtures_of(corpus))
    for name in ("speech", "noise"):
        (corpus / name).rename(corpus / f"{name} elsewhere")
    assert prepare(mixtures_of(corpus))["speech"].num_clips == 12


def test_other_files_or_settings_are_not_mistaken_for_the_same(corpus: Path, write_file) -> None:
    prepare(mixtures_of(corpus))
    slower = mixtures_of(corpus, sample_rate_hz=8000)
    with pytest.raises(InputError, match="out/shards: got a set of other files or settings"):
        prepare(slower)
    write_file(corpus / "noise" / "new.wav", np.full((900, 1), 900, np.int16))
    with pytest.raises(InputError, match="expected another folder, or --overwrite"):
        prepare(mixtures_of(corpus))
    assert prepare(slower, overwrite=True)["noise"].num_clips == 6
    assert prepare(slower)["noise"].sample_rate_hz == 8000
    assert os.listdir(corpus / "out") == ["shards"]


def test_a_set_of_another_kind_is_refused(corpus: Path) -> None:
    prepare(mixtures_of(corpus))
    for name in ("speech", "noise"):
        (corpus / name).rename(corpus / f"{name} elsewhere")
    with pytest.raises(InputError, match="shards: got a set of mixtures, expected a set of pairs"):
        prepare(pairs_of(corpus))
    with pytest.raises(InputError, match="kind: got music, expected one of mixtures, pairs, voice"):
        prepare(mixtures_of(corpus, kind="music"))


def test_impulse_responses_become_a_third_set(corpus: Path) -> None:
    decay = np.exp(-np.arange(900) / 90) * np.random.default_rng(0).standard_normal(900)
    (corpus / "rooms").mkdir()
    for number in range(4):
        soundfile.write(corpus / "rooms" / f"{number}.wav", 0.01 * decay, 16_000, "FLOAT")
    keys = {"num_rooms": 3, "rooms_seed": 0, "rt60_s": (0.2, 0.3), "reverb_probability": 0.5}
    recorded = mixtures_of(corpus, response_dir=str(corpus / "rooms"), **keys)
    prepared = prepare(recorded)
    assert list(prepared.roles) == ["speech", "noise", "response"]
    responses = prepared["response"]
    assert responses.splits.count("validation") == 1 and responses.num_clips == 4
    np.testing.assert_allclose(
        responses.read(0)[:, 0], 0.9 * decay / np.abs(decay).max(), atol=2e-5
    )
    made = mixtures_of(corpus, response_dir=None, **keys)
    with pytest.raises(InputError, match="got a set of other files or settings"):
        prepare(made)
    responses = prepare(made, overwrite=True)["response"]
    assert responses.names == ["room-0-00000", "room-0-00001", "room-0-00002"]
    assert responses.splits.count("validation") == 1


def test_a_role_that_is_missing_is_one_line(corpus: Path) -> None:
    prepared = prepare(mixtures_of(corpus, num_noises=(0, 0)))
    assert list(prepared.roles) == ["speech"]
    with pytest.raises(InputError, match="shards: got a set without clips of noise, expected one"):
        prepared["noise"]


def test_pairs_stay_pairs(recordings: Path) -> None:
    prepared = prepare(pairs_of(recordings))
    noisy, clean = prepared["noisy"], prepared["clean"]
    assert noisy.names == clean.names and noisy.splits == clean.splits
    assert noisy.splits.count("validation") == 2
    assert [entry.num_samples for entry in noisy.entries] == [1600 + 160 * i for i in range(8)]
    Pairs(noisy.subset("train"), clean.subset("train"), 1000).item(0)
    # What is scaled down at resampling is scaled down on both sides: the residue stays the noise.
    for index in range(8):
        clean_part, noisy_part = clean.read(index)[:, 0], noisy.read(index)[:, 0]
        gain = np.dot(clean_part, noisy_part) / np.dot(clean_part, clean_part)
        assert gain == pytest.approx(1.0, abs=0.02)


def test_missing_and_unequal_partners_are_named(recordings: Path) -> None:
    soundfile.write(recordings / "clean" / "p3.wav", np.full(100, 0.1), 48_000)
    with pytest.raises(InputError, match=r"got 1 unequal pairs: p3.wav \(6240 samples at 48000 Hz"):
        prepare(pairs_of(recordings))
    (recordings / "clean" / "p3.wav").unlink()
    with pytest.raises(InputError, match="no clean partner for 1 of 8 files: p3, expected"):
        prepare(pairs_of(recordings))
    assert not (recordings / "out" / "shards").exists()


def test_bad_files_stop_it_unless_they_shall_be_skipped(corpus: Path) -> None:
    (corpus / "speech" / "speaker0" / "take0.wav").write_text("no sound")
    soundfile.write(corpus / "speech" / "speaker1" / "take0.wav", np.zeros(900), 16_000)
    seen = r"speech: got 2 unusable of 12 files: speaker0/take0.wav \(.*speaker1/take0.wav \(silent"
    with pytest.raises(
        InputError, match=seen + ".*expected usable files only, or prepare --skip-bad"
    ):
        prepare(mixtures_of(corpus))
    assert not (corpus / "out").exists()
    (corpus / "speech" / "speaker2" / "gone.wav").symlink_to(corpus / "nowhere.wav")
    with pytest.raises(InputError, match=r"3 unusable of 13 files: .*gone.wav \(no such file"):
        prepare(mixtures_of(corpus))
    assert prepare(mixtures_of(corpus), skip_bad=True)["speech"].num_clips == 10


def test_skipping_a_bad_file_skips_its_partner(recordings: Path) -> None:
    (recordings / "noisy" / "p1.wav").write_text("no sound")
    soundfile.write(recordings / "clean" / "p6.wav", np.zeros(900), 48_000)
    with pytest.raises(InputError, match="noisy: got 1 unusable of 8 files: p1.wav"):
        prepare(pairs_of(recordings))
    prepared = prepare(pairs_of(recordings), skip_bad=True)
    expected = [f"p{index}.wav" for index in (0, 2, 3, 4, 5, 7)]
    assert prepared["noisy"].names == prepared["clean"].names == expected


def test_an_unusable_folder_is_one_line(corpus: Path, write_file) -> None:
    (corpus / "empty").mkdir()
    write_file(corpus / "silent" / "a.wav", np.zeros((900, 1), np.int16))
    write_file(corpus / "single" / "a.wav", np.full((900, 1), 900, np.int16))
    for folder, message in (
        ("empty", "empty: got no audio files"),
        ("silent", r"silent: got no usable file: a.wav \(silent"),
        ("single", "single: got 1 usable file, expected at least 2, so that one can be held out"),
    ):
        with pytest.raises(InputError, match=message):
            prepare(mixtures_of(corpus, speech_dir=str(corpus / folder)), skip_bad=True)
        assert not (corpus / "out" / "shards").exists()


def test_a_folder_of_others_is_never_replaced(corpus: Path) -> None:
    section = mixtures_of(corpus, shards_dir=str(corpus / "noise"))
    with pytest.raises(InputError, match="noise: got a folder with other files"):
        prepare(section, overwrite=True)
    assert len(list((corpus / "noise").iterdir())) == 5


SLOW_PREPARE = """
import sys, time
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from test_prepare import mixtures_of
from tfgan_audio.data import prepare, recordings
read = recordings.read_together
def slow(clips, *rest):
    print(clips[0].name, flush=True)
    time.sleep(0.05)
    return read(clips, *rest)
recordings.read_together = slow
prepare.prepare(mixtures_of(Path(sys.argv[1])))
"""


def test_killed_in_the_middle_it_leaves_nothing_that_looks_complete(corpus: Path) -> None:
    script = [sys.executable, "-c", SLOW_PREPARE, str(corpus), str(Path(__file__).parent)]
    process = subprocess.Popen(script, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        for _ in range(9):
            assert process.stdout.readline()
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
    leftovers = os.listdir(corpus / "out")
    assert len(leftovers) == 1 and leftovers[0].startswith(".shards.partial-")
    with pytest.raises(InputError, match="index.json: got no file|prepared.json: got no file"):
        from tfgan_audio.data.prepare import open_prepared

        open_prepared(corpus / "out" / leftovers[0], "mixtures")
    started = time.monotonic()
    prepared = prepare(mixtures_of(corpus))
    assert (prepared["speech"].num_clips, prepared["noise"].num_clips) == (12, 5)
    assert os.listdir(corpus / "out") == ["shards"]
    assert time.monotonic() - started < 30
