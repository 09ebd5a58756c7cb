import numpy as np
import pytest
import soundfile
import soxr

from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.generation.sound_sets import read_sounds, sounds_from_arrays


def write(path, waveform, rate_hz=16000):
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, waveform, rate_hz, "FLOAT" if path.suffix == ".wav" else None)


def test_arrays_become_mono_of_one_length_at_16_khz(rng):
    stereo = rng.uniform(-1, 1, (3, 8000, 2)).astype(np.float32)
    sounds = sounds_from_arrays(stereo, 8000, labels=["a", "b", ""], slice_samples=12000)
    mono = stereo.mean(axis=2)[:, :6000]
    np.testing.assert_array_equal(sounds.native, mono)
    expected = [soxr.resample(clip, 8000, 16000, "VHQ")[:12000] for clip in mono]
    np.testing.assert_allclose(sounds.waveforms, expected, atol=1e-6)
    assert (len(sounds), sounds.slice_samples) == (3, 12000)
    assert sounds.names == ("0", "1", "2") and sounds.labels == ("a", "b", "")
    longer = sounds_from_arrays(stereo, 16000, slice_samples=9000).waveforms
    assert not longer[:, 8000:].any() and longer[:, :8000].any()


def test_files_are_cut_filled_up_and_labelled_by_folder(tmp_path, rng):
    long, short = rng.uniform(-1, 1, 5000), rng.uniform(-1, 1, 3000)
    write(tmp_path / "kick" / "deep" / "one.wav", long)
    write(tmp_path / "two.wav", np.stack([short, 0 * short], axis=1))
    sounds = read_sounds(tmp_path)
    assert sounds.names == ("kick/deep/one.wav", "two.wav") and sounds.labels == ("kick", "")
    np.testing.assert_allclose(sounds.waveforms[0], long, atol=1e-6)
    np.testing.assert_allclose(sounds.waveforms[1], [*short / 2, *np.zeros(2000)], atol=1e-6)
    cut = read_sounds(tmp_path, 1000)
    np.testing.assert_array_equal(cut.waveforms, sounds.waveforms[:, :1000])


def test_labels_of_generated_clips_stand_in_their_manifest(tmp_path, rng):
    for name in ("000-snare.wav", "001-kick.wav", "extra.wav"):
        write(tmp_path / name, rng.uniform(-1, 1, 100))
    manifest = "clip,seed,label\n000-snare.wav,0,snare\n001-kick.wav,0,kick\n"
    (tmp_path / "manifest.csv").write_text(manifest)
    assert read_sounds(tmp_path).labels == ("snare", "kick", "")
    (tmp_path / "manifest.csv").write_text("file,speaker\nextra.wav,a\n")
    assert read_sounds(tmp_path).labels == ("", "", "")


def test_whole_files_are_cut_into_clips(tmp_path, rng):
    long, short = rng.uniform(-1, 1, 2500), rng.uniform(-1, 1, 600)
    write(tmp_path / "long.wav", long)
    write(tmp_path / "short.wav", short)
    sounds = read_sounds(tmp_path, 1000, whole_files=True)
    assert sounds.names == ("long.wav#0", "long.wav#1", "long.wav#2", "short.wav")
    np.testing.assert_allclose(sounds.waveforms[:3].ravel()[:2500], long, atol=1e-6)
    assert not sounds.waveforms[2, 500:].any()
    with pytest.raises(InputError, match="slice_samples: got none"):
        read_sounds(tmp_path, whole_files=True)


def test_peaks_are_those_of_whole_files(tmp_path):
    wave = np.zeros(4000)
    wave[10], wave[3000] = 0.1, -0.4
    write(tmp_path / "a.wav", wave)
    write(tmp_path / "silent.wav", np.zeros(4000))
    sounds = read_sounds(tmp_path, 1000, peak_normalised=True)
    assert np.abs(sounds.waveforms).max(axis=1) == pytest.approx([0.25, 0])


def test_rates(tmp_path, rng):
    """The samples at one rate are kept; there are none to keep where rates differ."""
    wave = rng.uniform(-1, 1, 4410)
    write(tmp_path / "a.wav", wave, 44100)
    sounds = read_sounds(tmp_path, 1000)
    assert sounds.native.shape == (1, 2756) and sounds.waveforms.shape == (1, 1000)
    np.testing.assert_allclose(sounds.native[0], wave[:2756], atol=1e-6)
    write(tmp_path / "b.wav", wave, 8000)
    mixed = read_sounds(tmp_path)
    assert mixed.native is None and mixed.waveforms.shape == (2, 8820)
    np.testing.assert_allclose(
        mixed.waveforms[1], soxr.resample(wave.astype("f4"), 8000, 16000, "VHQ"), atol=1e-6
    )


def test_copies_are_told_from_first_ones(rng):
    clips = rng.uniform(-1, 1, (3, 50))[[0, 1, 0, 2, 1, 0]]
    first = sounds_from_arrays(clips).is_first_of_its_kind()
    assert first.tolist() == [True, True, False, True, False, False]


def test_each_measurement_is_taken_once_and_goes_along_with_a_part(rng):
    sounds, calls = sounds_from_arrays(rng.uniform(-1, 1, (4, 50))), []

    def loudest(waveforms):
        calls.append(len(waveforms))
        return waveforms.max(axis=1)

    whole = sounds.measured("loudest", loudest)
    part = sounds.take(np.array([3, 1]))
    assert part.names == ("3", "1")
    np.testing.assert_array_equal(part.measured("loudest", loudest), whole[[3, 1]])
    np.testing.assert_array_equal(part.waveforms, sounds.waveforms[[3, 1]])
    assert sounds.measured("loudest", loudest) is whole and calls == [4]


@pytest.mark.parametrize(
    ("clips", "keywords", "message"),
    [
        (np.zeros(8), {}, r"clips: got shape \[8\]"),
        (np.zeros((0, 8)), {}, r"clips: got shape \[0, 0\]"),
        (np.full((1, 8), np.nan), {}, "not finite"),
        (np.zeros((2, 8)), {"names": ["a", "a"]}, "1 names and 2 labels"),
        (np.zeros((2, 8)), {"labels": ["a"]}, "2 names and 1 labels"),
    ],
)
def test_what_is_no_set_of_clips_is_refused(clips, keywords, message):
    with pytest.raises(InputError, match=message):
        sounds_from_arrays(clips, **keywords)
    with pytest.raises(InputError, match="slice_samples: got 0"):
        read_sounds("anywhere", 0)
