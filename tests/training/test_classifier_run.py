import numpy as np
import pytest
import soundfile

from tfgan_audio.data.opening import open_sounds
from tfgan_audio.errors import InputError
from tfgan_audio.models.sound_classifier import load_classifier
from tfgan_audio.training.classifier_report import recall_table, write_classifier_report
from tfgan_audio.training.classifier_run import ClassifierOptions, train_classifier

OPTIONS = ClassifierOptions(num_steps=80, slice_samples=2048, channels=4, position="start")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two classes of different size: low tones and high ones, of any level."""
    rng, root = np.random.default_rng(4), tmp_path_factory.mktemp("classes")
    for name, range_hz, num_clips in (("high", (2000, 4000), 20), ("low", (200, 800), 40)):
        (root / name).mkdir()
        for index in range(num_clips):
            tone = np.sin(2 * np.pi * rng.uniform(*range_hz) * np.arange(2500) / 16000)
            soundfile.write(root / name / f"{index}.wav", rng.uniform(0.01, 0.9) * tone, 16000)
    return root


@pytest.fixture(scope="module")
def trained(folder):
    return train_classifier(folder, OPTIONS)


def test_classes_are_learnt_and_a_fifth_of_each_judges(trained):
    assert trained.model.label_names == ("high", "low")
    assert trained.confusion.sum(axis=1).tolist() == [4, 8] and trained.num_train == 48
    assert trained.accuracy >= 11 / 12
    assert trained.model.held_out_accuracy == trained.accuracy
    assert trained.recalls == pytest.approx(np.diag(trained.confusion) / [4, 8])


def test_the_model_recognises_new_sounds_of_any_length(trained, rng):
    tones = np.sin(2 * np.pi * np.array([[300], [3300]]) * np.arange(3000) / 16000)
    assert trained.model.judge(tones, 16000)[0].argmax(axis=1).tolist() == [1, 0]


def test_the_best_weights_are_kept(trained, folder):
    """Its loss on the held-out clips is the least of the history, but for the first eight rows."""
    clips = open_sounds(folder, 16000, 1, 0.2, labels=True).subset("validation")
    held_out = np.stack([clips.read(index)[:2048, 0] for index in range(12)])
    labels = [trained.model.label_names.index(label) for label in clips.labels]
    loss = -trained.model.judge(held_out)[0][np.arange(12), labels].mean()
    losses = [row["held_out_loss"] for row in trained.history]
    assert loss == pytest.approx(min(losses[8:]), rel=1e-3) and max(losses) > 2 * loss
    assert [row["step"] for row in trained.history] == list(range(4, 4 * len(losses) + 1, 4))


@pytest.mark.slow
def test_the_seed_makes_it_repeatable(trained, folder):
    again = train_classifier(folder, OPTIONS)
    for first, second in zip(trained.model.weights, again.model.weights, strict=True):
        np.testing.assert_array_equal(first.numpy(), second.numpy())
    assert again.history == trained.history


def test_report(trained, tmp_path):
    assert [row[0] for row in recall_table(trained).rows] == ["high", "low"]
    write_classifier_report(tmp_path / "page.html", trained, "some/where")
    text = (tmp_path / "page.html").read_text()
    assert f"{trained.accuracy:.1%}" in text and "some/where" in text
    assert "66.7% by always naming the largest" in text and text.count("image/png") == 2
    document = trained.as_dict()
    assert document["num_held_out"] == 12 and np.sum(document["confusion"]) == 12
    assert set(document["recall"]) == {"high", "low"}


def test_bad_input_is_refused(folder, tmp_path):
    (tmp_path / "high").mkdir()
    (tmp_path / "high" / "0.wav").symlink_to(folder / "high" / "0.wav")
    with pytest.raises(InputError, match="at least 2 labels"):
        train_classifier(tmp_path, OPTIONS)
    (tmp_path / "low").symlink_to(folder / "low")
    with pytest.raises(InputError, match="label high: got a single clip, expected at least 2"):
        train_classifier(tmp_path, OPTIONS)
    with pytest.raises(InputError, match="num_steps: got 0"):
        train_classifier(folder, ClassifierOptions(num_steps=0))


def test_saved_it_tells_how_good_it_is(trained, tmp_path):
    trained.model.save(tmp_path / "c.keras")
    assert load_classifier(tmp_path / "c.keras").held_out_accuracy == trained.accuracy
