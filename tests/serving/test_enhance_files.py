"""Files, folders and raw streams, with a model that changes the sign."""

import io
import os
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tfgan_audio.audio.block_stream import BlockStream
from tfgan_audio.errors import InputError
from tfgan_audio.serving.enhance_files import enhance_file, enhance_folder, enhance_pcm
from tfgan_audio.serving.enhancer import Enhancer

ROOT = Path(__file__).resolve().parents[2]


def make_enhancer(gain: float = -1.0) -> Enhancer:
    """An enhancer that multiplies."""

    def step(blocks, histories):
        return gain * blocks, histories

    return Enhancer(lambda: BlockStream(step, [], 256, 0), 16000)


def write(path: Path, waveform: np.ndarray, rate: int = 16000, subtype: str = "PCM_16") -> Path:
    """Write a recording, with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, waveform, rate, subtype)
    return path


def names_below(folder: Path) -> list[str]:
    """Every file below a folder, hidden or not."""
    files = [Path(above, name) for above, _, names in os.walk(folder) for name in names]
    return sorted(str(path.relative_to(folder)) for path in files)


@pytest.fixture
def recording(rng) -> np.ndarray:
    """Half a second of stereo on the grid of 16 bits."""
    return np.round(rng.uniform(-0.5, 0.5, [8001, 2]) * 32768) / 32768


def test_a_file_keeps_rate_channels_and_length(recording, tmp_path) -> None:
    source, target = write(tmp_path / "in.wav", recording), tmp_path / "new" / "out.wav"
    enhance_file(make_enhancer(), source, target)
    enhanced, rate = soundfile.read(target)
    assert rate == 16000
    np.testing.assert_array_equal(enhanced, -recording)


@pytest.mark.parametrize("rate", [8000, 44100, 96000])
def test_a_file_of_another_rate(rng, tmp_path, rate: int) -> None:
    tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(rate // 2 + 1) / rate)
    source, target = write(tmp_path / "in.flac", tone, rate), tmp_path / "out.flac"
    enhance_file(make_enhancer(), source, target)
    enhanced, out_rate = soundfile.read(target)
    assert (out_rate, enhanced.shape) == (rate, tone.shape)
    np.testing.assert_allclose(enhanced[500:-500], -tone[500:-500], atol=1e-3)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.wav", "WAV"), ("a.FLAC", "FLAC"), ("a.ogg", "OGG"), ("a.mp3", "MP3"), ("a.aiff", "AIFF")],
)
def test_the_ending_chooses_the_format(recording, tmp_path, name: str, kind: str) -> None:
    source = write(tmp_path / "in.wav", recording)
    enhance_file(make_enhancer(), source, tmp_path / name)
    assert soundfile.info(tmp_path / name).format in (kind, "MPEG" if kind == "MP3" else kind)


@pytest.mark.parametrize("name", ["out", "out.txt", "out.wav.gz", "."])
def test_another_ending_is_refused(recording, tmp_path, name: str) -> None:
    source, out = write(tmp_path / "in.wav", recording), tmp_path / "new"
    with pytest.raises(InputError, match=": got "):
        enhance_file(make_enhancer(), source, out / name)
    assert names_below(tmp_path) == ["in.wav"]


@pytest.mark.parametrize(
    ("came", "name", "goes"),
    [
        ("PCM_16", "a.wav", "PCM_16"),
        ("PCM_U8", "a.wav", "PCM_16"),
        ("PCM_24", "a.wav", "PCM_24"),
        ("PCM_24", "a.FLAC", "PCM_24"),
        ("PCM_32", "a.aif", "PCM_32"),
        ("FLOAT", "a.wav", "FLOAT"),
        ("DOUBLE", "a.AIFF", "DOUBLE"),
        ("FLOAT", "a.flac", "PCM_24"),
        ("FLOAT", "a.ogg", "VORBIS"),
        ("PCM_24", "a.mp3", "MPEG_LAYER_III"),
    ],
)
def test_fine_samples_stay_fine(recording, tmp_path, came: str, name: str, goes: str) -> None:
    source, target = write(tmp_path / "in.wav", 0.3 * recording, subtype=came), tmp_path / name
    enhance_file(make_enhancer(), source, target)
    assert soundfile.info(target).subtype == goes
    if goes not in ("VORBIS", "MPEG_LAYER_III"):
        step = 2**-15 if goes == "PCM_16" else 2**-23
        expected = -soundfile.read(source)[0]
        np.testing.assert_allclose(soundfile.read(target)[0], expected, atol=0.51 * step)


@pytest.mark.parametrize("name", ["out.wav", "out.flac", "out.ogg", "out.mp3"])
def test_what_is_too_loud_is_clipped_not_wrapped(tmp_path, name: str) -> None:
    tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(16000) / 16000)
    source = write(tmp_path / "in.wav", tone)
    enhance_file(make_enhancer(4.0), source, tmp_path / name)
    enhanced = np.clip(soundfile.read(tmp_path / name)[0], -1, 1)
    difference = (enhanced - np.clip(4 * tone, -1, 1))[2000:-2000]
    assert np.sqrt(np.mean(difference**2)) < (0.1 if name[4:] in ("ogg", "mp3") else 1e-4)


def test_floats_beyond_full_scale_stay(tmp_path) -> None:
    source = write(tmp_path / "in.wav", np.linspace(-1.5, 1.5, 1000), subtype="FLOAT")
    enhance_file(make_enhancer(), source, tmp_path / "out.wav")
    enhanced, _ = soundfile.read(tmp_path / "out.wav", dtype="float32")
    np.testing.assert_array_equal(enhanced, -soundfile.read(source, dtype="float32")[0])


@pytest.mark.parametrize("link", [False, True])
def test_a_file_may_be_enhanced_onto_itself(recording, tmp_path, link: bool) -> None:
    path = write(tmp_path / "a.wav", np.tile(recording, [20, 1]))
    target = path
    if link:
        target = tmp_path / "link.wav"
        os.link(path, target)
    enhance_file(make_enhancer(), path, target)
    enhanced, _ = soundfile.read(target)
    np.testing.assert_array_equal(enhanced, -np.tile(recording, [20, 1]))
    assert names_below(tmp_path) == (["a.wav", "link.wav"] if link else ["a.wav"])


def test_a_damaged_file_is_kept_when_enhanced_onto_itself(recording, tmp_path) -> None:
    path = write(tmp_path / "a.flac", np.tile(recording, [20, 1]))
    content = path.read_bytes()[:-1000]
    path.write_bytes(content)
    with pytest.raises(InputError, match="^.*a.flac: got "):
        enhance_file(make_enhancer(), path, path)
    assert names_below(tmp_path) == ["a.flac"] and path.read_bytes() == content


def test_a_model_that_returns_nan_leaves_nothing(recording, tmp_path) -> None:
    source = write(tmp_path / "in.wav", recording)
    with pytest.raises(InputError, match="out.wav: got NaN or infinity at sample 0"):
        enhance_file(make_enhancer(np.nan), source, tmp_path / "out.wav")
    assert names_below(tmp_path) == ["in.wav"]


def test_a_target_that_cannot_be_written_is_one_line(recording, tmp_path) -> None:
    source = write(tmp_path / "in.wav", recording)
    with pytest.raises(InputError, match=f"^{source}/out.wav: got .*, expected a folder"):
        enhance_file(make_enhancer(), source, source / "out.wav")
    assert names_below(tmp_path) == ["in.wav"]


def test_a_full_disk_leaves_nothing(recording, tmp_path) -> None:
    """No file may become larger than 20 kB, which stops writers as a full disk does."""
    source, target = write(tmp_path / "in.wav", recording), tmp_path / "new" / "out.wav"
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(InputError, match=f"^{target}: got .*, expected enough free space"):
            enhance_file(make_enhancer(), source, target)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert os.listdir(tmp_path) == ["in.wav"]


def test_a_folder_keeps_its_shape(recording, tmp_path) -> None:
    names = ["b.wav", "deep/er/A.FLAC", "deep/c.ogg"]
    for name in names:
        subtype = "VORBIS" if name.endswith("ogg") else "PCM_16"
        write(tmp_path / "in" / name, recording, subtype=subtype)
    (tmp_path / "in" / "notes.txt").write_text("not audio")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "b.wav").write_text("old")
    assert enhance_folder(make_enhancer(), tmp_path / "in", tmp_path / "out") == []
    assert names_below(tmp_path / "out") == sorted(names)
    for name in names[:2]:
        np.testing.assert_array_equal(soundfile.read(tmp_path / "out" / name)[0], -recording)


def test_unusable_files_do_not_stop_the_others(recording, tmp_path) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    for name in ("a.wav", "z.wav"):
        write(source / name, recording)
    (source / "b.wav").write_text("no audio")
    write(source / "c.flac", np.tile(recording, [20, 1]))
    (source / "c.flac").write_bytes((source / "c.flac").read_bytes()[:20_000])
    target.mkdir()
    (target / "b.wav").write_text("old")
    failures = enhance_folder(make_enhancer(), source, target)
    assert [line.split(":")[0] for line in failures] == [f"{source}/b.wav", f"{source}/c.flac"]
    assert names_below(target) == ["a.wav", "b.wav", "z.wav"]
    assert (target / "b.wav").read_text() == "old"


def test_a_target_that_takes_no_more_ends_the_work(recording, tmp_path) -> None:
    """No file may become larger than 20 kB: that is no fault of the recordings."""
    source, target = tmp_path / "in", tmp_path / "out"
    write(source / "a.wav", recording[:1000])
    write(source / "b.wav", recording)
    write(source / "c.wav", recording[:1000])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(InputError, match=f"^{target}/b.wav: got .*, expected enough free"):
            enhance_folder(make_enhancer(), source, target)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert names_below(target) == ["a.wav"]


def test_what_was_enhanced_below_the_source_is_left_out(recording, tmp_path) -> None:
    write(tmp_path / "a.wav", recording)
    for _ in range(2):
        assert enhance_folder(make_enhancer(), tmp_path, tmp_path / "clean") == []
    assert names_below(tmp_path) == ["a.wav", "clean/a.wav"]
    np.testing.assert_array_equal(soundfile.read(tmp_path / "clean" / "a.wav")[0], -recording)


@pytest.mark.parametrize(
    ("source", "target"), [("a", "a"), ("a", "a/../a"), ("a/b", "a"), ("a", "s")]
)
def test_a_folder_may_not_be_written_over_itself(recording, tmp_path, source, target) -> None:
    write(tmp_path / "a" / "b" / "c.wav", recording)
    (tmp_path / "s").symlink_to(tmp_path / "a")
    with pytest.raises(InputError, match="got a folder that holds .*, expected a folder apart"):
        enhance_folder(make_enhancer(), tmp_path / source, tmp_path / target)
    np.testing.assert_array_equal(soundfile.read(tmp_path / "a" / "b" / "c.wav")[0], recording)


def test_a_folder_does_not_go_into_a_file(recording, tmp_path) -> None:
    write(tmp_path / "a" / "b.wav", recording)
    (tmp_path / "out").write_text("x")
    with pytest.raises(InputError, match="out: got a file, expected a folder to write to"):
        enhance_folder(make_enhancer(), tmp_path / "a", tmp_path / "out")


def test_a_folder_without_audio_is_refused(tmp_path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(InputError, match="got no audio files"):
        enhance_folder(make_enhancer(), tmp_path / "a", tmp_path / "out")
    write(tmp_path / "a" / "clean" / "b.wav", np.zeros(10))
    with pytest.raises(InputError, match="a: got no audio but what is in .*clean, expected a fold"):
        enhance_folder(make_enhancer(), tmp_path / "a", tmp_path / "a" / "clean")


class Pipe(io.RawIOBase):
    """Bytes that arrive in pieces of given sizes."""

    def __init__(self, content: bytes, sizes: list[int]) -> None:
        self.content, self.sizes, self.count = content, sizes, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        size = min(self.sizes[self.count % len(self.sizes)], len(buffer))
        self.count += 1
        piece, self.content = self.content[:size], self.content[size:]
        buffer[: len(piece)] = piece
        return len(piece)


@pytest.mark.parametrize("sizes", [[1], [3, 1, 2], [5000]])
@pytest.mark.parametrize("num_channels", [1, 2, 3])
def test_raw_samples_come_out_as_they_went_in(rng, num_channels: int, sizes: list[int]) -> None:
    samples = rng.integers(-32767, 32768, [1003, num_channels]).astype("<i2")
    source, target = io.BufferedReader(Pipe(samples.tobytes(), sizes)), io.BytesIO()
    enhance_pcm(make_enhancer(), source, target, 16000, num_channels)
    enhanced = np.frombuffer(target.getvalue(), "<i2").reshape(-1, num_channels)
    np.testing.assert_array_equal(enhanced, -samples)


@pytest.mark.parametrize("rate", [8000, 44100])
def test_raw_samples_of_another_rate(rate: int) -> None:
    tone = (16000 * np.sin(2 * np.pi * 300 * np.arange(rate) / rate)).astype("<i2")
    target = io.BytesIO()
    enhance_pcm(make_enhancer(), io.BytesIO(tone.tobytes()), target, rate, 1)
    enhanced = np.frombuffer(target.getvalue(), "<i2")
    assert len(enhanced) == len(tone)
    np.testing.assert_allclose(enhanced[500:-500], -tone[500:-500], atol=3)


@pytest.mark.parametrize(("num_channels", "num_bytes"), [(1, 1), (2, 1), (2, 3)])
def test_a_stream_that_ends_in_a_sample_is_told_after_the_rest(
    rng, num_channels: int, num_bytes: int
) -> None:
    samples = rng.integers(-32767, 32768, [700, num_channels]).astype("<i2")
    target = io.BytesIO()
    with pytest.raises(InputError, match=f"^stdin: got {num_bytes} bytes too many at the end, exp"):
        source = io.BytesIO(samples.tobytes() + bytes(num_bytes))
        enhance_pcm(make_enhancer(), source, target, 16000, num_channels)
    np.testing.assert_array_equal(np.frombuffer(target.getvalue(), "<i2"), -samples.reshape(-1))


def test_an_empty_stream_is_no_error() -> None:
    target = io.BytesIO()
    enhance_pcm(make_enhancer(), io.BytesIO(), target, 44100, 2)
    assert target.getvalue() == b""


MEASURED = """
import resource, sys
from pathlib import Path
from tfgan_audio.loading import load
from tfgan_audio.serving.enhance_files import enhance_file
enhance_file(load(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.slow
@pytest.mark.parametrize("rate", [16000, 44100])
def test_memory_does_not_grow_with_the_recording(exported, rng, tmp_path, rate: int) -> None:
    """Twenty minutes take as much as one, within 8 MB; their samples alone would be 70 MB more."""
    used_kb = []
    for num_minutes in (1, 20):
        source = tmp_path / f"{num_minutes}.wav"
        with soundfile.SoundFile(source, "w", rate, 1) as file:
            for _ in range(num_minutes):
                file.write(0.1 * rng.standard_normal(60 * rate).astype(np.float32))
        arguments = [str(exported.tflite), str(source), str(tmp_path / "out.wav")]
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, *arguments],
            cwd=ROOT, capture_output=True, text=True, timeout=600,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert soundfile.info(tmp_path / "out.wav").frames == num_minutes * 60 * rate
        used_kb.append(int(done.stdout))
    assert used_kb[1] - used_kb[0] < 8_000, used_kb
