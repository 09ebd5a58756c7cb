"""A plan names every source of a recording, and depends on (seed, index) alone."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tfgan_audio.audio.filters import rms_dbfs
from tfgan_audio.data.clips import MemoryClips
from tfgan_audio.data.enhancement import Mixtures
from tfgan_audio.data.manifest import Clip
from tfgan_audio.data.mixer import Mixer
from tfgan_audio.data.recipe import Recipe

FULL = Recipe(
    num_noises=(0, 3),
    reverb_probability=0.5,
    band_limit_probability=0.5,
    clipping_probability=0.5,
    augment=True,
)


def clips_of(seed: int, lengths: list[int], rms: float) -> MemoryClips:
    """Clips of noise, 16-bit values."""
    rng = np.random.default_rng(seed)
    return MemoryClips(
        [
            (Clip(f"{seed}-{i}.wav", Path("x"), ""), rms * rng.standard_normal((length, 1)))
            for i, length in enumerate(lengths)
        ],
        16_000,
    )


@pytest.fixture
def sources() -> dict[str, MemoryClips]:
    decay = np.exp(-np.arange(1500) / 200)[:, None]
    rng = np.random.default_rng(3)
    rooms = [
        (Clip(f"room{i}", Path("x"), ""), 0.3 * decay * rng.standard_normal((1500, 1)))
        for i in range(3)
    ]
    return {
        "speech": clips_of(1, [3000 + 700 * i for i in range(6)], 0.05),
        "noise": clips_of(2, [900 + 2000 * i for i in range(4)], 0.02),
        "responses": MemoryClips(rooms, 16_000),
    }


def test_recordings_do_not_depend_on_order_or_history(sources) -> None:
    one = Mixer(**sources, recipe=FULL, segment_samples=2000, seed=4)
    forwards = [(one.plan(index), one.make(one.plan(index))) for index in range(30)]
    other = Mixer(**sources, recipe=FULL, segment_samples=2000, seed=4)
    for index in reversed(range(30)):
        plan, stems = forwards[index]
        assert other.plan(index) == plan
        for name in ("noisy", "clean", "noise", "speech"):
            np.testing.assert_array_equal(getattr(other.make(plan), name), getattr(stems, name))


def test_a_plan_tells_all_about_its_recording(sources) -> None:
    mixer = Mixer(**sources, recipe=Recipe(), segment_samples=2000, seed=4)
    speech, noise = sources["speech"], sources["noise"]
    for index in range(12):
        plan = mixer.plan(index)
        stems = mixer.make(plan)
        part = speech.read(plan.speech.clip)[plan.speech.start :][:2000, 0]
        clean = stems.clean[: len(part)]
        assert np.corrcoef(clean, part)[0, 1] == pytest.approx(1.0)
        assert not stems.clean[len(part) :].any()
        (source,) = plan.noises
        if noise.entries[source.clip].num_samples >= 2000:
            part = noise.read(source.clip)[source.start :][:2000, 0]
            assert np.corrcoef(stems.noise, part)[0, 1] == pytest.approx(1.0, abs=1e-5)
        assert rms_dbfs(stems.noisy) == pytest.approx(plan.values.level_dbfs, abs=1e-3)
        softer = replace(plan.values, level_dbfs=plan.values.level_dbfs - 20.0)
        np.testing.assert_allclose(
            mixer.make(replace(plan, values=softer)).noisy, 0.1 * stems.noisy, atol=1e-6
        )


def test_further_options_leave_speech_and_first_noise_where_they_were(sources) -> None:
    plain = Mixer(**sources, recipe=Recipe(), segment_samples=2000, seed=9)
    fuller = replace(FULL, num_noises=(1, 2), augment=False)
    full = Mixer(**sources, recipe=fuller, segment_samples=2000, seed=9)
    for index in range(20):
        one, other = plain.plan(index), full.plan(index)
        assert (one.speech, one.noises[0]) == (other.speech, other.noises[0])
        assert one.values.snr_db == other.values.snr_db


def test_whole_clips_are_taken_where_no_length_is_given(sources) -> None:
    mixer = Mixer(**sources, recipe=FULL)
    lengths = {len(mixer.make(mixer.plan(index)).noisy) for index in range(6)}
    assert lengths == {3000 + 700 * i for i in range(6)}


def test_all_sources_are_used_and_a_speed_takes_as_much_noise_as_it_needs(sources) -> None:
    mixer = Mixer(**sources, recipe=FULL, segment_samples=2000)
    plans = [mixer.plan(index) for index in range(100)]
    assert {plan.response for plan in plans} == {None, 0, 1, 2}
    assert {part.clip for plan in plans for part in plan.noises} == {0, 1, 2, 3}
    for plan in plans:
        assert len(plan.noises) == len(plan.values.noises)
        for part, values in zip(plan.noises, plan.values.noises, strict=True):
            assert part.num_samples == int(np.ceil(2000 * values.speed))


def test_training_takes_the_noisy_and_the_clean_stem(sources) -> None:
    source = Mixtures(
        sources["speech"], sources["noise"], 2000, FULL, seed=2, responses=sources["responses"]
    )
    mixer = Mixer(**sources, recipe=FULL, segment_samples=2000, seed=2)
    noisy, clean = source.batch(1, 4)
    assert noisy.shape == (4, 2000, 1) and noisy.dtype == clean.dtype == np.float32
    for row in range(4):
        stems = mixer.make(mixer.plan(4 + row))
        np.testing.assert_array_equal(noisy[row, :, 0], stems.noisy)
        np.testing.assert_array_equal(clean[row, :, 0], stems.clean)
