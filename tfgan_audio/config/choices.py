"""Choices that sections of several families have."""

from typing import Literal

Objective = Literal["minimax", "lsgan", "hinge", "wgan", "wgan-gp"]
Precision = Literal["float32", "mixed_bfloat16", "mixed_float16"]
