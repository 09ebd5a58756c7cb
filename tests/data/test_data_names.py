"""What `tfgan_audio.data` offers, and what importing it costs."""

import subprocess
import sys

import pytest

import tfgan_audio.data as data

WITHOUT_TENSORFLOW = """
import sys
import tfgan_audio.data as data
assert "numpy" not in sys.modules
data.Mixtures, data.Pairs, data.PreparedSet, data.ShardSet, data.open_clips, data.made_speech
assert "tensorflow" not in sys.modules
"""


def test_every_public_name_is_there() -> None:
    assert dir(data) == data.__all__
    for name in data.__all__:
        assert getattr(data, name).__name__ == name
    with pytest.raises(AttributeError, match="no attribute 'shuffle'"):
        data.shuffle  # noqa: B018


def test_only_the_pipeline_needs_tensorflow() -> None:
    subprocess.run([sys.executable, "-c", WITHOUT_TENSORFLOW], check=True, timeout=60)
