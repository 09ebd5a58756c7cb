"""Makes the toy family of this folder importable by its tests and their scripts."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
pytest.register_assert_rewrite("toy_family")
