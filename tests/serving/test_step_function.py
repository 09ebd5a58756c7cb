"""The step with named tensors, and models that were trained in another precision."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from small_segan import make_model

from tfgan_audio.models.segan import SEGAN
from tfgan_audio.serving.step_function import (
    describe_enhancer,
    float32_copy,
    step_function,
    step_signature,
)


@pytest.fixture(scope="module")
def in_bfloat16() -> SEGAN:
    """A model that computes in bfloat16."""
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        return make_model()
    finally:
        keras.config.set_dtype_policy("float32")


def test_the_description_has_every_history(exported) -> None:
    description = describe_enhancer(exported.model)
    assert (description.sample_rate_hz, description.hop_samples) == (16000, 256)
    assert description.latency_samples == 256
    widths = [16 * dilation for dilation in (2,) * len(exported.model.sizes.dilations)]
    assert [width for _, width in description.history_shapes] == [
        256, *(width // 2 for width in widths), 512,
    ]  # fmt: skip
    frames = [2 * dilation for dilation in exported.model.sizes.dilations]
    assert [count for count, _ in description.history_shapes] == [1, *frames, 1]


def test_the_step_takes_and_gives_named_tensors(exported, speechlike) -> None:
    description = describe_enhancer(exported.model)
    signature = step_signature(description)
    step = tf.function(step_function(exported.model), input_signature=signature)
    names = [spec.name for spec in signature]
    assert names == ["blocks", *(f"history_{i}" for i in range(len(names) - 1))]
    histories = [np.zeros(spec.shape, np.float32) for spec in signature[1:]]
    blocks = speechlike[: 20 * 256].reshape(1, -1, 256)
    outputs = step(blocks, *histories)
    assert set(outputs) == {"enhanced", *names[1:]}
    assert [outputs[name].shape for name in names[1:]] == [spec.shape for spec in signature[1:]]
    enhanced = outputs["enhanced"].numpy().reshape(-1)[256:]
    offline = exported.offline(speechlike[: 20 * 256])
    np.testing.assert_allclose(enhanced, offline[: len(enhanced)], atol=1e-5)


def test_a_model_in_bfloat16_is_copied_to_float32(exported, in_bfloat16, speechlike) -> None:
    copy = float32_copy(in_bfloat16)
    assert copy is not in_bfloat16
    assert copy.generator.get_layer("enhancer").mask.compute_dtype == "float32"
    assert in_bfloat16.generator.get_layer("enhancer").mask.compute_dtype == "bfloat16"
    assert keras.config.dtype_policy().name == "float32"
    noisy = speechlike[None, :, None]
    # Both have the weights of one seed, so the copy is the float32 model.
    np.testing.assert_allclose(copy.generator(noisy)[0, :, 0], exported.offline(speechlike), atol=0)
    rough = np.abs(in_bfloat16.generator(noisy)[0, :, 0] - exported.offline(speechlike)).max()
    assert rough > 1e-4
