"""`MelFeatures`: presets, checks and the fingerprint that pairs models."""

import subprocess
import sys
from dataclasses import replace

import pytest

from tfgan_audio.audio.features import PRESETS, MelFeatures
from tfgan_audio.errors import InputError


@pytest.mark.parametrize(
    ("name", "band", "centring", "floor", "log_base", "epsilon"),
    [
        ("melgan_official", (0, 11025), "half_hop", 1e-5, "10", 0.0),
        ("parallel_wavegan", (80, 7600), "centre", 1e-10, "10", 0.0),
        ("hifigan", (0, 8000), "half_hop", 1e-5, "e", 1e-9),
        ("tacotron2", (0, 8000), "centre", 1e-5, "e", 0.0),
    ],
)
def test_presets_follow_their_repositories(name, band, centring, floor, log_base, epsilon):
    features = MelFeatures.preset(name)
    assert (features.fmin_hz, features.top_hz) == band
    assert (features.centring, features.log_base) == (centring, log_base)
    assert (features.floor, features.magnitude_epsilon) == (floor, epsilon)
    assert (features.sample_rate_hz, features.fft_samples, features.hop_samples) == (
        22050,
        1024,
        256,
    )
    assert (features.window_samples, features.num_mels) == (1024, 80)
    assert (features.mel_scale, features.mel_norm, features.power) == ("slaney", "slaney", 1.0)


def test_a_preset_can_be_changed_and_stays_itself():
    changed = MelFeatures.preset("hifigan", fmax_hz=None)
    assert changed.top_hz == 11025.0
    assert PRESETS["hifigan"].fmax_hz == 8000.0
    with pytest.raises(TypeError):
        PRESETS["mine"] = changed


@pytest.mark.parametrize(
    ("centring", "num_samples", "expected"),
    [
        ("half_hop", 10007, 39),  # floor(T / hop), as the official MelGAN gives for 10007 samples
        ("half_hop", 2560, 10),
        ("centre", 2560, 11),
        ("centre", 2559, 10),
        ("none", 1024, 1),
        ("none", 1023, 0),
        ("none", 1280, 2),
    ],
)
def test_number_of_frames(centring, num_samples, expected):
    assert MelFeatures(centring=centring).num_frames(num_samples) == expected


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sample_rate_hz": 0}, "sample_rate_hz: got 0, expected a whole number above 0"),
        ({"hop_samples": 256.0}, "hop_samples: got 256.0, expected a whole number above 0"),
        ({"num_mels": True}, "num_mels: got True, expected a whole number above 0"),
        ({"num_mels": "80"}, "num_mels: got '80', expected a whole number above 0"),
        ({"centring": "center"}, "got 'center', expected one of 'centre', 'half_hop', 'none'"),
        ({"log_base": 10}, "log_base: got 10, expected one of 'e', '10'"),
        ({"power": 3.0}, "power: got 3.0, expected one of 1.0, 2.0"),
        ({"window_samples": 1025}, "window_samples: got 1025, expected at most fft_samples (1024)"),
        ({"hop_samples": 255}, "hop_samples: got 255, expected an even distance to fft_samples"),
        ({"hop_samples": 2048}, "hop_samples: got 2048, expected an even distance"),
        ({"fmax_hz": 12000.0}, "got 12000.0, expected above fmin_hz (0), at most half the rate"),
        ({"fmin_hz": 9000.0, "fmax_hz": 8000.0}, "fmax_hz: got 8000.0, expected above fmin_hz"),
        ({"fmin_hz": -1.0}, "fmin_hz: got -1.0, expected a number from 0"),
        ({"floor": 0.0}, "floor: got 0.0, expected a number above 0"),
        ({"floor": float("nan")}, "floor: got nan, expected a number above 0"),
        ({"mean": (0.0,) * 80}, "mean and scale: got one of them, expected both or neither"),
        ({"mean": (0.0,) * 80, "scale": (1.0,) * 79}, "scale: got 79 values, expected 80"),
        ({"mean": (0.0,) * 80, "scale": (0.0,) * 80}, "scale: got a value that is not usable"),
        (
            {"mean": (0.0,) * 80, "scale": (1.0,) * 80, "normalised_elsewhere": True},
            "normalised_elsewhere: got true beside mean and scale, expected false",
        ),
    ],
)
def test_bad_values_are_refused(changes, message):
    with pytest.raises(InputError) as caught:
        MelFeatures(**changes)
    assert message in str(caught.value)


def test_unknown_presets_and_fields_are_refused():
    with pytest.raises(InputError, match=r"got hifi_gan, expected .* \(did you mean hifigan\?\)"):
        MelFeatures.preset("hifi_gan")
    with pytest.raises(InputError, match="mel feature field: got hop_size, expected sample_rate"):
        MelFeatures.preset("hifigan", hop_size=256)


def test_fingerprints_differ_where_features_do():
    base = MelFeatures()
    others = [
        replace(base, hop_samples=128),
        replace(base, fmin_hz=1.0),
        replace(base, fmax_hz=8000.0),
        replace(base, centring="centre"),
        replace(base, floor=1e-10),
        replace(base, log_base="e"),
        replace(base, padding="zeros"),
        replace(base, mel_norm="none"),
        replace(base, mean=(0.0,) * 80, scale=(1.0,) * 80),
        replace(base, normalised_elsewhere=True),
        *PRESETS.values(),
    ]
    prints = {features.fingerprint() for features in [base, *others]}
    assert len(prints) == len(others)  # the default is the preset melgan_official
    assert all(len(value) == 16 and int(value, 16) >= 0 for value in prints)


def test_fingerprints_ignore_how_a_value_is_written():
    base = MelFeatures(fmin_hz=80.0)
    assert MelFeatures(fmax_hz=11025, fmin_hz=80).fingerprint() == base.fingerprint()
    mean, scale = [1] * 80, [2.0] * 80
    normalised = MelFeatures(mean=mean, scale=scale)
    assert normalised.fingerprint() == MelFeatures(mean=(1.0,) * 80, scale=(2,) * 80).fingerprint()
    assert hash(normalised) == hash(MelFeatures(mean=(1.0,) * 80, scale=(2.0,) * 80))


def test_fingerprints_of_models_from_before_a_new_field_hold():
    """Written down before `normalised_elsewhere` came."""
    assert MelFeatures.preset("parallel_wavegan").fingerprint() == "413dd6f4b768698a"


def test_fingerprints_are_the_same_in_another_process_without_tensorflow():
    code = (
        "import sys; from tfgan_audio.audio.features import MelFeatures;"
        "print(MelFeatures.preset('hifigan').fingerprint(), 'tensorflow' in sys.modules)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert answer == [MelFeatures.preset("hifigan").fingerprint(), "False"]
