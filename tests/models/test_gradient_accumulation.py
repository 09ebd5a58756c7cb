"""A batch in parts gives what it gives at once."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from toy_family import BATCH, WITH_TERMS, make_toy, make_waveforms, state_of, train

from tfgan_audio.errors import InputError
from tfgan_audio.layers.randomness import draw_for_examples, drawing_for_part
from tfgan_audio.models.gradient_accumulation import over_micro_batches

MAKES = {
    "lsgan": {},
    "penalty and critic steps": {"objective": "wgan-gp", "critic_steps": 2},
    "late start and averages": {"adversarial_start_step": 2, "ema_momentum": 0.8},
    "clipped": {"objective": "wgan", "critic_steps": 1},
}


@pytest.mark.parametrize("make", MAKES)
@pytest.mark.parametrize("num_parts", [2, 4])
def test_training_in_parts_is_training_at_once(make: str, num_parts: int) -> None:
    options = {"hidden": 6, "run_eagerly": False, **WITH_TERMS, **MAKES[make]}
    waveforms = make_waveforms(4 * options.get("critic_steps", 1))
    whole, parts = make_toy(**options), make_toy(num_micro_batches=num_parts, **options)
    before = state_of(whole)
    logs, logs_of_parts = train(whole, waveforms), train(parts, waveforms)
    assert np.abs(state_of(whole) - before).max() > 1e-2
    np.testing.assert_allclose(state_of(parts), state_of(whole), atol=2e-5)
    for name in logs:
        np.testing.assert_allclose(logs_of_parts[name], logs[name], rtol=1e-4, atol=1e-6)


def test_a_batch_that_cannot_be_parted_is_refused() -> None:
    model = make_toy(num_micro_batches=3)
    with pytest.raises(
        InputError, match=f"batch size: got {BATCH}, expected a multiple of num_mic"
    ):
        train(model, make_waveforms(1))
    with pytest.raises(InputError, match="num_micro_batches: got 0"):
        make_toy(num_micro_batches=0)


def test_means_and_rows_of_parts() -> None:
    values = tf.reshape(tf.range(12.0), [6, 2])

    def compute(batch: dict) -> tuple:
        (row,) = batch["x"]
        return {"sum": tf.reduce_sum(row), "rows": [row]}, [(3.0 * row,)]

    mean, ((rows,),) = over_micro_batches(compute, {"x": (values,)}, 3)
    assert float(mean["sum"]) == 66.0 / 3
    np.testing.assert_allclose(mean["rows"][0], values.numpy().reshape(3, 2, 2).mean(axis=0))
    np.testing.assert_array_equal(rows, 3.0 * values)


def test_draws_of_parts_are_those_of_the_whole() -> None:
    draw, seed = tf.random.stateless_normal, tf.constant([3, 4])
    whole = draw_for_examples(draw, tf.constant(6), (2,), seed)
    parts = []
    for part in range(3):
        with drawing_for_part(tf.constant(part), 3):
            parts.append(draw_for_examples(draw, tf.constant(2), (2,), seed))
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    np.testing.assert_array_equal(draw_for_examples(draw, tf.constant(6), (2,), seed), whole)


def test_the_setting_is_saved(tmp_path) -> None:
    model = make_toy(num_micro_batches=2)
    model.save(tmp_path / "model.keras")
    assert keras.saving.load_model(tmp_path / "model.keras").num_micro_batches == 2
