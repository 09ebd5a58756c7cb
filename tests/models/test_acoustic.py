"""The acoustic model: it learns to align and to imitate, and reads what it has learned."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from small_acoustic import FEATURES, MELS, make_acoustic, make_sentences

from tfgan_audio.controls import Controls
from tfgan_audio.errors import InputError
from tfgan_audio.models.acoustic import AcousticModel

ODD_ONES = {"speakers": ["a", "b"], "styles": ["calm", "angry"], "languages": ["en", "zh"]}


@pytest.fixture(scope="module")
def trained() -> tuple[AcousticModel, dict[str, np.ndarray]]:
    """A small model that has learned four sentences by heart, and those."""
    model = make_acoustic(dropout=0.0)
    model.compile(
        keras.optimizers.Adam(3e-3), binarization_start_step=50, binarization_ramp_steps=50
    )
    batch = make_sentences()
    model.fit(tf.data.Dataset.from_tensors(batch).repeat(150), verbose=0)
    return model, batch


def test_the_aligner_finds_the_true_boundaries(trained) -> None:
    model, batch = trained
    learned = {name: batch[name] for name in batch if name != "durations"}
    errors = np.cumsum(model.align(learned), 1) - np.cumsum(batch["durations"], 1)
    assert np.abs(errors).max() <= 1
    assert np.abs(errors).mean() < 0.5


def test_it_reads_what_it_has_learned(trained) -> None:
    model, batch = trained
    for index in range(len(batch["mel"])):
        symbols = np.trim_zeros(batch["symbols"][index])
        mel, durations = model.predict_mel(symbols)
        true = batch["durations"][index, : len(symbols)]
        assert np.abs(durations - true).max() <= 1
        # Frames at the boundaries, which the aligner may give to either symbol, are left out.
        error = np.median(np.abs(mel - MELS[np.repeat(symbols, durations)]).mean(1))
        assert error < 0.2 * np.abs(MELS[symbols]).mean()


def test_predicted_pitch_is_the_mean_over_each_symbol(trained) -> None:
    model, batch = trained
    inputs = model.unpack({name: tf.constant(value) for name, value in batch.items()})
    found = model.generator({name: inputs[name] for name in model.generator.input})
    for index, durations in enumerate(found["durations"].numpy()):
        ends = np.cumsum(durations[durations > 0])
        spans = np.split(batch["pitch"][index, : ends[-1]], ends[:-1])
        means = [span.mean() for span in spans]
        np.testing.assert_allclose(found["true_pitch"][index, : len(ends)], means, atol=1e-5)
        np.testing.assert_allclose(found["pitch"][index, : len(ends)], means, atol=0.15)


def test_pace_divides_the_length(trained) -> None:
    model, batch = trained
    symbols = np.trim_zeros(batch["symbols"][0])
    _, natural = model.predict_mel(symbols)
    _, fast = model.predict_mel(symbols, controls=Controls(pace=2.0))
    paces = np.where(np.arange(len(symbols)) < 2, 0.5, 1.0)
    _, mixed = model.predict_mel(symbols, controls=Controls(pace=paces))
    assert abs(fast.sum() - natural.sum() / 2) <= 1
    assert abs(mixed[:2].sum() - 2 * natural[:2].sum()) <= 2
    assert abs(mixed[2:].sum() - natural[2:].sum()) <= 2


def test_padding_changes_no_sentence() -> None:
    model, batch = make_acoustic(), make_sentences()
    model.compile()
    several = model.reader(_reading(batch["symbols"]))
    for index, row in enumerate(batch["symbols"]):
        alone = model.reader(_reading(np.trim_zeros(row)[None]))
        num_frames = int(alone["num_frames"][0])
        assert several["num_frames"][index] == num_frames
        mel = several["mel"][index].numpy()
        np.testing.assert_allclose(mel[:num_frames], alone["mel"][0], atol=1e-4)
        assert not mel[num_frames:].any()


def test_a_mixture_lies_between_its_speakers() -> None:
    """Embeddings are mixed linearly, so the ends of a mixture are the speakers themselves."""
    model = make_acoustic(**ODD_ONES)
    read = lambda **options: model.predict_mel([1, 2, 3], **options)[0]  # noqa: E731
    first, second = read(speaker="a"), read(speaker="b")
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(read(speaker={"a": 2.0, "b": 0.0}), first)
    np.testing.assert_array_equal(read(), first)
    parts = model.generator.get_layer("speaker_embedding")
    half = parts(np.array([[0.5, 0.5]], np.float32))
    np.testing.assert_allclose(half[0], parts.kernel.numpy().mean(0), atol=1e-6)


def test_every_condition_is_heard() -> None:
    model = make_acoustic(**ODD_ONES)
    plain, _ = model.predict_mel([1, 2, 3])
    for options in ({"style": "angry"}, {"speaker": "b"}, {"languages": [2, 1, 1]}):
        other, _ = model.predict_mel([1, 2, 3], **options)
        assert other.shape != plain.shape or not np.allclose(other, plain)
    for controls in (Controls(pitch_semitones=4.0), Controls(energy_db=6.0)):
        other, _ = model.predict_mel([1, 2, 3], controls=controls)
        assert other.shape == plain.shape and not np.allclose(other, plain)


def test_dropped_conditions_are_a_part_of_the_examples_and_repeat() -> None:
    model = make_acoustic(condition_dropout=0.25, **ODD_ONES)
    inputs = {
        "symbols": tf.ones([4000, 1], tf.int32),
        "languages": tf.ones([4000, 1], tf.int32),
        "speaker": tf.one_hot(tf.zeros(4000, tf.int32), 2),
        "style": tf.one_hot(tf.zeros(4000, tf.int32), 2),
    }
    kept = {
        name: tf.reduce_sum(value, 1).numpy()
        for name, value in model._with_some_dropped(inputs, tf.constant([0, 1])).items()
    }
    again = model._with_some_dropped(inputs, tf.constant([0, 1]))["speaker"]
    np.testing.assert_array_equal(tf.reduce_sum(again, 1), kept["speaker"])
    for values in kept.values():
        assert set(np.unique(values)) == {0.0, 1.0}
        assert values.mean() == pytest.approx(0.75, abs=0.03)
    assert abs(np.corrcoef(kept["speaker"], kept["style"])[0, 1]) < 0.1


def test_given_durations_need_no_aligner() -> None:
    model, batch = make_acoustic(learned_durations=False), make_sentences()
    model.compile()
    assert "aligner" not in {layer.name for layer in model.generator.layers}
    np.testing.assert_array_equal(model.align(batch), batch["durations"])
    history = model.fit(tf.data.Dataset.from_tensors(batch).repeat(20), epochs=2, verbose=0)
    losses = history.history["g_mel_l1"]
    assert losses[1] < losses[0]
    with pytest.raises(InputError, match="no durations"):
        model.align({name: value for name, value in batch.items() if name != "durations"})
    with pytest.raises(InputError, match="alignment_weight"):
        model.compile(alignment_weight=1.0)


def test_the_discriminator_learns_where_there_is_a_game_and_rests_elsewhere() -> None:
    for weight in (0.0, 1.0):
        model, batch = make_acoustic(), make_sentences()
        model.compile(adversarial_weight=weight)
        before = [variable.numpy() for variable in model.discriminator.trainable_variables]
        logs = model.fit(tf.data.Dataset.from_tensors(batch), verbose=0).history
        changed = [
            not np.array_equal(old, new.numpy())
            for old, new in zip(before, model.discriminator.trainable_variables, strict=True)
        ]
        assert any(changed) == all(changed) == bool(weight)
        assert (logs["d_loss"][0] > 0) == ("g_adversarial" in logs) == bool(weight)


def test_every_weight_learns() -> None:
    model, batch = make_acoustic(**ODD_ONES), make_sentences()
    model.compile(binarization_start_step=0)
    before = [variable.numpy() for variable in model.generator.trainable_variables]
    model.fit(tf.data.Dataset.from_tensors(batch).repeat(3), verbose=0)
    for old, new in zip(before, model.generator.trainable_variables, strict=True):
        assert not np.array_equal(old, new.numpy()), new.path


def test_saving_brings_everything_back(tmp_path) -> None:
    model, batch = make_acoustic(**ODD_ONES), make_sentences()
    model.compile(binarization_start_step=7, mel_l2_weight=0.5)
    dataset = tf.data.Dataset.from_tensors(batch)
    model.fit(dataset.repeat(3), verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.get_config() == model.get_config()
    assert loaded.get_compile_config() == model.get_compile_config()
    assert loaded.features == FEATURES and loaded.speakers == ("a", "b")
    np.testing.assert_array_equal(
        loaded.predict_mel([3, 1, 2], speaker="b")[0], model.predict_mel([3, 1, 2], speaker="b")[0]
    )
    for one in (model, loaded):
        one.fit(dataset.repeat(2), verbose=0)
    for old, new in zip(model.generator.weights, loaded.generator.weights, strict=True):
        np.testing.assert_allclose(new.numpy(), old.numpy(), atol=1e-6, err_msg=new.path)


def test_the_device_reads_as_keras_does(tmp_path) -> None:
    model = make_acoustic(**ODD_ONES)
    specs = [tf.TensorSpec([None, *i.shape[1:]], i.dtype, i.name) for i in model.reader.inputs]
    archive = keras.export.ExportArchive()
    archive.track(model.reader)
    archive.add_endpoint("read", lambda *inputs: model.reader(list(inputs), training=False), specs)
    archive.write_out(str(tmp_path), verbose=False)
    converter = tf.lite.TFLiteConverter.from_saved_model(str(tmp_path), signature_keys=["read"])
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    from ai_edge_litert.interpreter import Interpreter

    device = Interpreter(model_content=converter.convert()).get_signature_runner("read")
    served = tf.saved_model.load(str(tmp_path))
    for symbols in ([[1, 2, 3, 4, 1]], [[2]], [[1, 2, 3, 3, 3, 4, 2], [4, 2, 1, 0, 0, 0, 0]]):
        inputs = _reading(np.array(symbols, np.int32), num_speakers=2)
        expected = model.reader(inputs)
        names = [spec.name for spec in specs]
        for found in (served.read(*inputs), device(**dict(zip(names, inputs, strict=True)))):
            for name, value in expected.items():
                np.testing.assert_allclose(found[name], value, atol=1e-4, err_msg=name)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"symbols": []}, "symbols"),
        ({"symbols": [0, 1]}, "from 1 to 4"),
        ({"symbols": [5]}, "from 1 to 4"),
        ({"symbols": [1, 2], "languages": [1]}, "one for each of 2"),
        ({"symbols": [1], "languages": [3]}, "from 0 to 2"),
        ({"symbols": [1], "speaker": "c"}, "unknown speaker"),
        ({"symbols": [1], "speaker": {"a": -1.0, "b": 2.0}}, "weights"),
        ({"symbols": [1], "style": {}}, "weights"),
        ({"symbols": [1], "controls": Controls(pace=0.0)}, "pace: got 0, expected 0.1 to 10"),
        ({"symbols": [1], "controls": Controls(pitch_semitones=float("nan"))}, "-48 to 48"),
        ({"symbols": [1], "controls": Controls(energy_db=[1.0, 2.0])}, "1 symbols"),
    ],
)
def test_bad_requests_are_refused_in_one_line(options, words: str) -> None:
    with pytest.raises(InputError, match=words):
        make_acoustic(**ODD_ONES).predict_mel(**options)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"speakers": []}, "speakers"),
        ({"styles": ["a", "a"]}, "styles"),
        ({"width": 10, "num_heads": 2}, "even multiple"),
        ({"kernel_size": 4}, "odd"),
        ({"dropout": 1.0}, "dropout"),
        ({"widht": 8}, "expected width"),
    ],
)
def test_bad_sizes_are_refused_in_one_line(options, words: str) -> None:
    with pytest.raises(InputError, match=words):
        make_acoustic(**options)


def _reading(symbols: np.ndarray, num_speakers: int = 1) -> list[np.ndarray]:
    """What the reader is told, in its order, natural in every respect."""
    first = np.zeros([len(symbols), num_speakers], np.float32)
    first[:, 0] = 1.0
    ones = np.ones(symbols.shape, np.float32)
    zeros = np.zeros_like(ones)
    return [symbols, (symbols > 0).astype(np.int32), first, first.copy(), ones, zeros, zeros.copy()]
