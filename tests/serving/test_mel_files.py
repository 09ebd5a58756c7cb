"""Mels in the layouts of several code bases, and files that are none."""

import pickle
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest
from made_vocoder import FEATURES, draw_mel

from tfgan_audio.errors import InputError
from tfgan_audio.serving.mel_files import MEL_SUFFIXES, find_sources, read_mel


@pytest.fixture
def mel(rng) -> np.ndarray:
    """A mel of seven frames."""
    return draw_mel(rng, 7)


def write_h5(path: Path, content: dict) -> Path:
    """Write datasets at the top of an HDF5 file."""
    with h5py.File(path, "w") as file:
        for name, value in content.items():
            file.create_dataset(name, data=value)
        file.create_group("notes")
    return path


def write(path: Path, content) -> Path:
    """Write an array, or several under their names."""
    if path.suffix == ".h5":
        return write_h5(path, content)
    np.savez(path, **content) if path.suffix == ".npz" else np.save(path, content)
    return path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.npy", lambda mel: mel),
        ("a.NPY", lambda mel: mel.astype(np.float64)),
        ("a.npy", lambda mel: mel[None]),
        ("a.npz", lambda mel: {"anything": mel}),
        ("a.npz", lambda mel: {"mel": mel, "alignment": np.zeros([7, 9])}),
        ("a.npz", lambda mel: {"feats": mel, "sampling_rate": 8000, "hop_size": 64}),
        ("a.h5", lambda mel: {"feats": mel, "wave": np.zeros(7 * 64)}),
        ("a.h5", lambda mel: {"mel": mel, "speaker": "a"}),
    ],
)
def test_layouts(mel, tmp_path, name: str, content) -> None:
    path = tmp_path / name
    if path.suffix == ".NPY":
        with open(path, "wb") as file:
            np.save(file, content(mel))
    else:
        write(path, content(mel))
    found = read_mel(path, FEATURES)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, mel)


def test_mels_first(mel, tmp_path) -> None:
    for name, content in (("a.npy", mel.T), ("b.npy", mel.T[None])):
        path = write(tmp_path / name, content)
        np.testing.assert_array_equal(read_mel(path, FEATURES, mels_first=True), mel)


def test_a_square_mel_is_taken_as_it_is_said_to_be(rng, tmp_path) -> None:
    mel = draw_mel(rng, 20)
    path = write(tmp_path / "a.npy", mel)
    np.testing.assert_array_equal(read_mel(path, FEATURES), mel)
    np.testing.assert_array_equal(read_mel(path, FEATURES, mels_first=True), mel.T)


@pytest.mark.parametrize("suffix", [".pt", ".pth", ".mel"])
def test_files_of_torch_are_left_to_their_reader(mel, tmp_path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"torch")
    for content in (mel, mel[None], {"mel": mel, "text": "a"}):
        found = read_mel(path, FEATURES, read_torch=lambda seen: {path: content}[seen])
        np.testing.assert_array_equal(found, mel)
    with pytest.raises(InputError, match=f"got ending '{suffix}', expected one of .npy"):
        read_mel(path, FEATURES)
    with pytest.raises(InputError, match="a.*: got a list, expected an array"):
        read_mel(path, FEATURES, read_torch=lambda _: [mel, mel])


@pytest.mark.parametrize(
    ("content", "mels_first", "said"),
    [
        (np.zeros([20, 7]), False, "shape [20, 7], the axes exchanged, expected [frames, 20], or "
         "--mels-first"),
        (np.zeros([7, 20]), True, "shape [7, 20], the axes exchanged, expected [frames, 20] "
         "without --mels-first"),
        (np.zeros([7, 80]), False, "shape [7, 80], expected [frames, 20]"),
        (np.zeros([2, 7, 20]), False, "shape [2, 7, 20], expected [frames, 20]"),
        (np.zeros(700), False, "shape [700], expected [frames, 20]"),
        (np.zeros([0, 20]), False, "no frames, expected at least one"),
        (np.zeros([7, 20], int), False, "int64 values, expected floating point values"),
        (np.where(np.arange(140).reshape(7, 20) == 65, np.nan, 0.0), False,
         "NaN or infinity in frame 3, expected finite values"),
    ],
)  # fmt: skip
def test_arrays_that_are_no_mel(tmp_path, content, mels_first: bool, said: str) -> None:
    path = write(tmp_path / "a.npy", content)
    with pytest.raises(InputError) as error:
        read_mel(path, FEATURES, mels_first)
    assert str(error.value) == f"{path}: got {said}"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.npz", {"sampling_rate": 22050}, "sampling_rate 22050, expected 8000, as the voc"),
        ("a.npz", {"hop_samples": 80}, "hop_samples 80, expected 64, as the vocoder has"),
        ("a.npz", {"hop_length": "?"}, "hop_length ?, expected 64"),
        ("a.h5", {"wave": np.zeros(100 * 80)}, "100 frames for the 8000 samples of 'wave', exp"),
        ("a.npz", {"waveform": np.zeros(100 * 60)}, "100 frames for the 6000 samples of 'wavef"),
    ],
)
def test_another_rate_or_hop_is_refused(rng, tmp_path, name: str, content, said: str) -> None:
    path = write(tmp_path / name, {"mel": draw_mel(rng, 100), **content})
    with pytest.raises(InputError) as error:
        read_mel(path, FEATURES)
    assert str(error.value).startswith(f"{path}: got {said}")


@pytest.mark.parametrize("centring", ["centre", "half_hop", "none"])
@pytest.mark.parametrize("num_samples", [640, 6400, 6399])
def test_the_waveform_of_a_mel_passes_beside_it(rng, tmp_path, centring, num_samples) -> None:
    features = replace(FEATURES, centring=centring)
    mel = draw_mel(rng, features.num_frames(num_samples))
    path = write(tmp_path / "a.npz", {"mel": mel, "wave": np.zeros(num_samples)})
    assert len(read_mel(path, features)) == len(mel)


def test_files_with_several_candidates_or_none(mel, tmp_path) -> None:
    for content, said in (
        ({"one": mel, "two": mel}, "2 arrays that can be a mel (one, two), expected one, or 'mel'"),
        ({"mel": mel, "feats": mel}, "2 arrays that can be a mel (feats, mel)"),
        ({"wave": np.zeros(70)}, "0 arrays that can be a mel (wave)"),
    ):
        for name in ("a.npz", "a.h5"):
            path = write(tmp_path / name, content)
            with pytest.raises(InputError) as error:
                read_mel(path, FEATURES)
            assert str(error.value).startswith(f"{path}: got {said}")


class Bomb:
    """What runs when it is unpickled."""

    def __reduce__(self):
        return Path.touch, (Path(self.target),)


@pytest.mark.parametrize("name", ["a.npy", "a.npz", "pickled.npy"])
def test_a_pickle_does_not_run(tmp_path, name: str) -> None:
    path, Bomb.target = tmp_path / name, str(tmp_path / "ran")
    if name == "pickled.npy":
        path.write_bytes(pickle.dumps(Bomb()))
    else:
        content = np.array([Bomb()], object)
        write(path, {"mel": content} if path.suffix == ".npz" else content)
    with pytest.raises(InputError, match="got another file, a damaged one or a pickle, expected"):
        read_mel(path, FEATURES)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("suffix", [".npy", ".npz", ".h5"])
def test_damaged_files(mel, tmp_path, suffix: str) -> None:
    path = write(tmp_path / f"a{suffix}", mel if suffix == ".npy" else {"mel": mel})
    whole = path.read_bytes()
    for content in (b"", b"text", whole[: len(whole) // 2]):
        path.write_bytes(content)
        with pytest.raises(InputError, match=f"^{path}: got another file.* damaged"):
            read_mel(path, FEATURES)


def test_what_is_not_there(tmp_path) -> None:
    for name, seen in (("none.npy", "nothing there"), ("", "a folder")):
        with pytest.raises(InputError, match=f"got {seen}, expected a mel spectrogram \\(.npy, "):
            read_mel(tmp_path / name, FEATURES)
    (tmp_path / "a.txt").write_text("0")
    with pytest.raises(InputError, match="a.txt: got ending '.txt', expected one of .npy .npz"):
        read_mel(tmp_path / "a.txt", FEATURES)


def test_finding_files(tmp_path) -> None:
    names = ["b.npy", "a/c.NPZ", "a/d-feats.npy", "a/d-wave.npy", "e-wave.npy", "out/f.npy"]
    for name in [*names, ".hidden.npy", ".git/g.npy", "notes.txt"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = find_sources(tmp_path, MEL_SUFFIXES, tmp_path / "a" / ".." / "out")
    names_found = [path.relative_to(tmp_path).as_posix() for path in found]
    assert names_found == ["a/c.NPZ", "a/d-feats.npy", "b.npy", "e-wave.npy"]
    (tmp_path / "new").mkdir()
    with pytest.raises(InputError, match=r"new: got no mels or recordings \(0 others\), expected"):
        find_sources(tmp_path / "new", MEL_SUFFIXES, tmp_path)
