import csv
import importlib.util
import io
import json

import numpy as np
import pytest
import soundfile

from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.comparison import table_text
from tfgan_audio.evaluation.generation import musicnn
from tfgan_audio.evaluation.generation.frechet import frechet_distance
from tfgan_audio.evaluation.generation.log_mel_features import coarse, log_mel_of
from tfgan_audio.evaluation.generation.measures import ScoreOptions
from tfgan_audio.evaluation.generation.scoring import score_sets, select_set_metrics
from tfgan_audio.evaluation.generation.set_metrics import (
    GROUPS,
    SET_METRICS,
    describe_set_metrics,
)
from tfgan_audio.evaluation.generation.sound_sets import sounds_from_arrays

FEW_BINS = ScoreOptions(num_bins=8, num_splits=2)


class Loudness:
    """A classifier of two classes by level alone; features are level and zero."""

    label_names, held_out_accuracy = ("soft", "loud"), 0.75

    def judge(self, waveforms, sample_rate_hz):
        assert sample_rate_hz == 16000
        peaks = np.abs(waveforms).max(axis=1, keepdims=True)
        logits = 20 * (peaks - 0.5) * np.array([[-1.0, 1.0]])
        return logits - np.logaddexp(*logits.T)[:, None], np.hstack([peaks, 0 * peaks])


def test_the_same_clips_get_the_best_scores(tones):
    clips = tones(150)
    values = score_sets(clips, clips, "log_mel,signal", FEW_BINS).values
    for name in ("frechet_log_mel", "ndb_log_mel", "spectral_js_bits", "d_train_log_mel"):
        assert values[name] == pytest.approx(0, abs=1e-6), name
    assert values["mean_spectrum_distance_db"] == 0 and values["duplicate_rate"] == 0
    for name in ("precision", "recall", "density", "coverage"):
        assert values[f"{name}_log_mel"] == 1
    assert values["d_self_log_mel"] > 1


def test_other_sounds_are_told_from_more_of_the_same(tones, rng):
    real = sounds_from_arrays(tones(300))
    names = GROUPS["log_mel"]
    alike = score_sets(real, tones(150), names, FEW_BINS)
    noise = score_sets(real, 0.1 * rng.normal(size=(150, 4096)), names, FEW_BINS)
    for name in ("frechet", "mmd_polynomial", "mmd_gaussian"):
        own, other = (scores.values[f"{name}_log_mel"] for scores in (alike, noise))
        assert other > 20 * abs(own), name
    assert noise.values["d_train_log_mel"] > 5 * alike.values["d_train_log_mel"]
    assert noise.values["ndb_log_mel"] > 0.8 > 0.3 > alike.values["ndb_log_mel"]
    assert noise.values["recall_log_mel"] == 0 and alike.values["recall_log_mel"] > 0.8
    assert alike.real == noise.real  # they are of the real clips alone
    assert alike.real["ndb_log_mel"] <= 0.375 and alike.real["precision_log_mel"] > 0.8


def test_figures_are_those_of_their_functions(tones):
    real, made = tones(200), tones(180)
    scores = score_sets(real, made, ["frechet_log_mel", "rms_dbfs"])
    vectors = [coarse(log_mel_of(clips)) for clips in (real, made)]
    assert scores.values["frechet_log_mel"] == pytest.approx(frechet_distance(*vectors))
    levels = 10 * np.log10(np.square(made.astype(float)).mean(axis=1))
    np.testing.assert_allclose(scores.clips["rms_dbfs"], levels, rtol=1e-6)
    assert scores.values["rms_dbfs"] == pytest.approx(levels.mean())
    low, high = scores.interval("rms_dbfs")
    error = levels.std() / np.sqrt(len(levels))
    assert (high - low) / 2 == pytest.approx(1.96 * error, rel=0.15)
    assert np.isnan(scores.interval("frechet_log_mel")).all()


def test_collapse_shows_in_the_distances(tones):
    real, made = tones(40), tones(10)
    copies = made[np.arange(30) % 10]
    scores = score_sets(real, copies, ["d_self_log_mel", "duplicate_rate", "d_train_log_mel"])
    assert scores.values["duplicate_rate"] == pytest.approx(20 / 30)
    alone = score_sets(real, made, "d_self_log_mel")
    assert scores.values["d_self_log_mel"] == pytest.approx(alone.values["d_self_log_mel"])
    assert np.isnan(scores.clips["d_self_log_mel"]).sum() == 20
    same = score_sets(real, np.repeat(made[:1], 5, axis=0), "d_self_log_mel")
    assert same.values["d_self_log_mel"] == 0
    copied = score_sets(real, real[5:9], "d_train_log_mel")
    assert copied.values["d_train_log_mel"] == 0


def test_classes(tones, rng):
    loud, soft = 0.9 * np.sign(rng.normal(size=(60, 2048))), 0.1 * rng.normal(size=(60, 2048))
    real = sounds_from_arrays(np.concatenate([loud, np.clip(soft, -0.4, 0.4)]))
    labels = ["loud"] * 50 + ["soft"] * 10
    made = sounds_from_arrays(loud, labels=labels)
    options = ScoreOptions(Loudness(), num_bins=2, num_splits=2)
    scores = score_sets(real, made, "classifier", options)
    assert scores.values["accuracy_classifier"] == pytest.approx(50 / 60)
    assert scores.values["inception_score_classifier"] == pytest.approx(1, abs=1e-3)
    assert scores.real["inception_score_classifier"] == pytest.approx(2, abs=0.1)
    assert scores.values["am_score_classifier"] > 1 > scores.real["am_score_classifier"]
    assert "accuracy_classifier" not in scores.real  # none of the real clips has a label
    document = scores.as_dict()
    assert document["classifier_held_out_accuracy"] == 0.75
    assert "75.0% of its held-out clips" in scores.table().note


def test_what_cannot_be_computed_is_left_out_with_the_reason(tones, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    for loaded in (musicnn._embedding_of_mel, musicnn.load_musicnn):
        loaded.cache_clear()
    scores = score_sets(tones(100), tones(20))
    assert set(scores.values) | set(scores.left_out) == set(SET_METRICS)
    assert "pip install --no-deps musicnn" in scores.left_out["frechet_musicnn"]
    assert "train-classifier" in scores.left_out["inception_score_classifier"]
    assert "got 20 clips, expected more than 128" in scores.left_out["frechet_log_mel"]
    assert "got 20 clips, expected at least 250 for 50 bins" in scores.left_out["ndb_log_mel"]
    assert "precision_log_mel" in scores.values
    note = scores.table().note
    assert "all of musicnn (musicnn: got no such package" in note
    assert "all of classifier (classifier: got none" in note and "mIS" not in note
    for name in ("frechet_log_mel", "frechet_musicnn", "accuracy_classifier"):
        with pytest.raises(InputError) as raised:
            score_sets(tones(100), tones(20), name)
        assert str(raised.value) == scores.left_out[name]


def test_upsampling_noise_is_measured_at_the_own_rate(rng):
    """Tones at a quarter of 44.1 kHz are no such tones after a change to 16 kHz."""
    noise = 0.1 * rng.normal(size=(6, 16384))
    tones = 0.1 * np.cos(np.pi / 2 * np.arange(16384))
    scores = score_sets(noise, noise + tones, "upsampling_noise_db", sample_rate_hz=44100)
    assert scores.values["upsampling_noise_db"] > 4 and abs(scores.real["upsampling_noise_db"]) < 1


def test_folders_and_what_is_written_of_them(tmp_path, tones):
    for folder, clips in (("real", tones(12, 6000)), ("made", tones(6, 5000))):
        (tmp_path / folder / "tone").mkdir(parents=True)
        for index, clip in enumerate(clips):
            soundfile.write(tmp_path / folder / "tone" / f"{index:02}.wav", clip, 16000, "FLOAT")
    scores = score_sets(tmp_path / "real", tmp_path / "made", "d_train_log_mel,rms_dbfs")
    document = json.loads(json.dumps(scores.as_dict(), allow_nan=False))
    assert set(document["mean"]) == {"d_train_log_mel", "rms_dbfs"} == set(document["real"])
    assert list(document["files"]) == [f"tone/{index:02}.wav" for index in range(6)]
    values = [file["rms_dbfs"] for file in document["files"].values()]
    assert np.mean(values) == pytest.approx(document["mean"]["rms_dbfs"])
    counts = {key: document[f"num_{key}"] for key in ("reference", "estimate", "real")}
    assert counts == {"reference": 12, "estimate": 6, "real": 6}
    assert document["slice_samples"] == 5000 and document["sample_rate_hz"] == 16000
    rows = list(csv.DictReader(io.StringIO(scores.to_csv())))
    assert float(rows[2]["rms_dbfs"]) == pytest.approx(values[2], rel=1e-5)
    text = table_text(scores.table())
    assert f"{document['mean']['rms_dbfs']:.1f} dBFS" in text and "6 generated clips" in text
    assert "cannot be compared" in text


def test_selection(tones):
    assert select_set_metrics("ndb_log_mel, rms_dbfs,ndb_log_mel") == ("ndb_log_mel", "rms_dbfs")
    assert select_set_metrics(["musicnn"]) == GROUPS["musicnn"]
    assert select_set_metrics("all") == select_set_metrics() == tuple(SET_METRICS)
    assert sum(map(len, GROUPS.values())) == len(SET_METRICS)
    with pytest.raises(InputError, match="got an unknown metric, expected frechet_log_mel"):
        select_set_metrics("frechet_logmel")
    for name in SET_METRICS:
        assert name in describe_set_metrics([name])


def test_sets_of_different_lengths_are_refused(tones):
    real = sounds_from_arrays(tones(5, 4000))
    with pytest.raises(InputError, match="reference: got 4000 samples, expected 3000"):
        score_sets(real, tones(5, 3000))


def test_few_real_clips_have_no_counterpart(tones):
    scores = score_sets(tones(3), tones(5), "rms_dbfs")
    assert scores.real == {} and scores.num_real == 0
    assert "Real" not in table_text(scores.table())
