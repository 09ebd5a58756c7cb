"""Shared fixtures: quiet TensorFlow, fixed seeds, small real audio files."""

import os
import signal
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

import numpy as np
import pytest

# What a shell starts in the background ignores interrupts, and so would the processes of the tests.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def rng() -> np.random.Generator:
    """A generator with a fixed seed."""
    return np.random.default_rng(20260101)


@pytest.fixture
def golden_dir() -> Path:
    """The folder of values made with the original implementations; skips where it is absent."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "golden"
    if not folder.is_dir():
        pytest.skip("needs ../shared/golden")
    return folder


@pytest.fixture(autouse=True)
def _process_settings_undone():
    """Take back what a training run sets for the whole process."""
    yield
    if "tensorflow" in sys.modules and "keras" in sys.modules:
        import keras
        import tensorflow as tf
        from tensorflow.python.framework import config

        if config.is_op_determinism_enabled():
            config.disable_op_determinism()
            tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": False})
        keras.config.set_dtype_policy("float32")
