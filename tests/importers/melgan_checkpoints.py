"""Checkpoints of small MelGANs as the official code and ParallelWaveGAN write them."""

import json
from pathlib import Path
from typing import Any

import melgan_arithmetic
import numpy as np
from melgan_arithmetic import NormedWeights
from torch_files import save_torch

NUM_MELS = 6
USUAL = {
    "prefix": "melgan",
    "block": ("stack.2", "stack.4", "skip_layer"),
    "judge": "discriminators.{scale}.layers.{layer}",
    "way": "norm",
    "bias": True,
    "causal": False,
    "tanh": True,
    "channels": 16,
    "factors": (4, 2),
    "stacks": 2,
    "bands": 1,
    "kernel_size": 7,
    "stack_kernel_size": 3,
    "scales": 2,
    "judge_channels": 4,
    "judge_max_channels": 16,
    "judge_strides": (4, 2),
    "judge_kernel_sizes": (5, 3),
}
CAUSAL = {"causal": True, "block": ("stack.1.conv", "stack.3", "skip_layer")}
OFFICIAL = {
    "prefix": "model",
    "block": ("block.2", "block.4", "shortcut"),
    "judge": "model.disc_{scale}.model.layer_{layer}",
}


def make_signals(make: dict[str, Any], num_frames: int = 33) -> tuple[np.ndarray, np.ndarray]:
    """Mels [B, M, F] and waveforms [B, 1, T] of odd lengths."""
    draws = np.random.default_rng(3)
    mel = draws.standard_normal([2, NUM_MELS, num_frames]).astype(np.float32)
    waveform = draws.normal(0, 0.3, [2, 1, 517]).astype(np.float32)
    return mel, waveform


def networks(make: dict[str, Any]) -> tuple[dict, dict, np.ndarray, list]:
    """Both states, and what both networks compute of `make_signals`."""
    mel, waveform = make_signals(make)
    ours = NormedWeights(0, make["way"], make["bias"])
    theirs = NormedWeights(1, make["way"], make["bias"])
    bands = melgan_arithmetic.generator(ours, make, mel)
    maps = melgan_arithmetic.discriminator(theirs, make, waveform)
    return ours.state, theirs.state, bands, maps


def config_of(make: dict[str, Any]) -> dict[str, Any]:
    """Entries of ParallelWaveGAN's config.yml."""
    hop = int(np.prod(make["factors"])) * make["bands"]
    return {
        "version": "0.6.2a",
        "format": "npy",
        "sampling_rate": 8000,
        "fft_size": 64,
        "hop_size": hop,
        "win_length": None,
        "window": "hann",
        "num_mels": NUM_MELS,
        "fmin": 80,
        "fmax": 3800,
        "generator_type": "MelGANGenerator",
        "generator_params": {
            "in_channels": NUM_MELS,
            "out_channels": make["bands"],
            "channels": make["channels"],
            "kernel_size": make["kernel_size"],
            "upsample_scales": list(make["factors"]),
            "stack_kernel_size": make["stack_kernel_size"],
            "stacks": make["stacks"],
            "bias": make["bias"],
            "use_weight_norm": make["way"] != "plain",
            "use_causal_conv": make["causal"],
            "use_final_nonlinear_activation": make["tanh"],
        },
        "discriminator_type": "MelGANMultiScaleDiscriminator",
        "discriminator_params": {
            "in_channels": 1,
            "out_channels": 1,
            "scales": make["scales"],
            "channels": make["judge_channels"],
            "max_downsample_channels": make["judge_max_channels"],
            "downsample_scales": list(make["judge_strides"]),
            "kernel_sizes": list(make["judge_kernel_sizes"]),
        },
        "lambda_adv": 2.5,
        "use_stft_loss": False,
        "use_feat_match_loss": True,
        "lambda_feat_match": 4.0,
    }


def statistics() -> np.ndarray:
    """Means and scales, [2, M]."""
    draws = np.random.default_rng(4)
    return np.stack([draws.normal(-2, 1, NUM_MELS), draws.uniform(0.5, 1.5, NUM_MELS)])


def write_parallel_wavegan(
    folder: Path, make: dict[str, Any] = USUAL, config: dict | None = None, is_legacy: bool = False
) -> tuple[np.ndarray, list]:
    """Write a checkpoint with its files; return what its networks compute."""
    state, judge_state, bands, maps = networks(make)
    group = {"lr": 3e-4, "betas": (0.8, 0.99), "eps": 1e-7, "weight_decay": 0.0, "amsgrad": True}
    content = {
        "model": {"generator": state, "discriminator": judge_state},
        "optimizer": {name: {"param_groups": [group]} for name in ("generator", "discriminator")},
        "steps": 70,
    }
    save_torch(folder / "checkpoint-70steps.pkl", content, is_legacy)
    # JSON is YAML, too.
    (folder / "config.yml").write_text(json.dumps(config_of(make) if config is None else config))
    np.save(folder / "stats.npy", statistics().astype(np.float32))
    return bands, maps


def write_official(
    folder: Path, make: dict[str, Any], judged: bool = True, is_legacy: bool = False
) -> tuple[np.ndarray, list]:
    """Write both checkpoints; return what their networks compute."""
    state, judge_state, bands, maps = networks(make)
    save_torch(folder / "netG.pt", state, is_legacy)
    if judged:
        save_torch(folder / "netD.pt", judge_state, is_legacy)
    return bands, maps
