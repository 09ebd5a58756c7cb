"""Segments of speech with the mel frames of their recordings, a function of seed and index."""

import numpy as np
import pytest

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.audio.spectral import log_mel
from tfgan_audio.data.vocoder_source import SpeechSegments, utterances
from tfgan_audio.errors import InputError

SMALL = {
    "sample_rate_hz": 8000, "fft_samples": 256, "hop_samples": 64, "window_samples": 200,
    "num_mels": 20, "fmax_hz": 4000.0,
}  # fmt: skip
FEATURES = MelFeatures.preset("hifigan", **SMALL)
LENGTHS = (2000, 700, 400, 4000)


def test_a_segment_is_a_part_of_a_recording_with_its_frames(noise_clips) -> None:
    clips = noise_clips(*LENGTHS)
    source = SpeechSegments(clips, FEATURES, 512, seed=5)
    seen = set()
    for index in range(30):
        mel, waveform = source.item(index)
        assert mel.shape == (8, 20) and waveform.shape == (512, 1)
        clip, start = source.place(index)
        whole = np.pad(clips.read(clip), ((0, max(0, 512 - LENGTHS[clip])), (0, 0)))
        np.testing.assert_array_equal(waveform, whole[start : start + 512])
        begun = log_mel(whole[None, start % 64 :], FEATURES)[0].numpy()
        first = start // 64
        # The frames at the ends of `begun` see reflections that the recording has not.
        inner = slice(2 * (first < 2), 8 - 2 * (first + 8 > len(begun) - 2))
        np.testing.assert_allclose(mel[inner], begun[first : first + 8][inner], atol=2e-5)
        seen.add(clip)
    assert seen == {0, 1, 2, 3}


def test_all_material_is_visited_evenly(noise_clips) -> None:
    """Lengths of 3, 1, 1 and 7 segments: so many visits in each epoch of 12."""
    source = SpeechSegments(noise_clips(*LENGTHS), FEATURES, 512)
    assert source.num_slices == 12
    visits = [source.place(index)[0] for index in range(24)]
    assert [visits.count(clip) for clip in range(4)] == [6, 2, 2, 14]


def test_a_batch_is_its_items_and_depends_on_step_and_seed_alone(noise_clips) -> None:
    source = SpeechSegments(noise_clips(*LENGTHS), FEATURES, 512, seed=1, gain=(0.3, 1.0))
    mel, waveform = source.batch(3, 4)
    for row in range(4):
        item_mel, item_waveform = source.item(12 + row)
        np.testing.assert_allclose(mel[row], item_mel, atol=2e-5)
        np.testing.assert_array_equal(waveform[row], item_waveform)
    again = SpeechSegments(noise_clips(*LENGTHS), FEATURES, 512, seed=1, gain=(0.3, 1.0))
    for one, other in zip(again.batch(3, 4), (mel, waveform), strict=True):
        np.testing.assert_array_equal(one, other)
    other_seed = SpeechSegments(noise_clips(*LENGTHS), FEATURES, 512, seed=2, gain=(0.3, 1.0))
    assert np.abs(other_seed.batch(3, 4)[1] - waveform).max() > 0.1
    assert [part.shape for part in source.batch(0, 0)] == [(0, 8, 20), (0, 512, 1)]


def test_the_gain_is_that_of_waveform_and_mel(noise_clips) -> None:
    plain, loud = (
        SpeechSegments(noise_clips(*LENGTHS), FEATURES, 512, seed=1, gain=gain)
        for gain in ((1.0, 1.0), (0.3, 0.9))
    )
    factors = []
    for index in range(40):
        (plain_mel, plain_wave), (mel, wave) = plain.item(index), loud.item(index)
        factors.append(float(np.vdot(plain_wave, wave) / np.vdot(plain_wave, plain_wave)))
        np.testing.assert_allclose(wave, factors[-1] * plain_wave, atol=1e-6)
        np.testing.assert_allclose(mel - plain_mel, np.log(factors[-1]), atol=1e-3)
    assert 0.3 <= min(factors) < 0.4 and 0.8 < max(factors) <= 0.9


@pytest.mark.parametrize("preset", ["hifigan", "parallel_wavegan"])
def test_utterances_are_whole_up_to_their_longest(noise_clips, preset: str) -> None:
    features, clips = MelFeatures.preset(preset, **SMALL), noise_clips(*LENGTHS)
    found = utterances(clips, features, num_utterances=9, max_seconds=0.3)
    assert {each.name for each in found} == set(clips.names)
    for each in found:
        recording = clips.read(clips.names.index(each.name))[:2400]
        np.testing.assert_allclose(each.mel, log_mel(recording[None], features)[0], atol=1e-6)
        assert each.waveform.shape == (64 * len(each.mel), 1)
        shared = min(len(recording), len(each.waveform))
        np.testing.assert_array_equal(each.waveform[:shared], recording[:shared])
    few = utterances(clips, features, num_utterances=2, max_seconds=0.3)
    assert [each.name for each in few] == [each.name for each in found[:2]]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"segment_samples": 500}, "segment_samples: got 500, expected a multiple of hop_samples"),
        ({"segment_samples": 0}, "segment_samples: got 0"),
        ({"gain": (0.0, 1.0)}, "gain: got .*, expected two rising factors above 0"),
        ({"gain": (0.9, 0.5)}, "gain: got"),
        ({"features": MelFeatures()}, "speech: got 8000 Hz, expected 22050 Hz like the mel"),
    ],
)
def test_what_cannot_be_cut_is_refused(noise_clips, changes: dict, message: str) -> None:
    arguments = {"clips": noise_clips(900), "features": FEATURES, "segment_samples": 512}
    with pytest.raises(InputError, match=f"^{message}"):
        SpeechSegments(**(arguments | changes))


def test_no_clips_are_refused(noise_clips) -> None:
    with pytest.raises(InputError, match="speech: got no clips, expected at least one"):
        SpeechSegments(noise_clips(900).select([]), FEATURES, 512)
