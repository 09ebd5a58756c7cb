r"""How joins of a generated piece sound: spectral flux where slices meet, against elsewhere.

Flux is the distance of a frame's log spectrum from that of the frame before, in dB (root mean
square over frequencies within 60 dB of the loudest). A join is all of an overlap, and as much
around a hard cut. The table gives the mean flux at joins, and the mean of their peaks, each
divided by that of windows of the same length in between; 1 means that joins are not heard. "level"
is that of the middle third of the fades against that of the same times of the slices before and
after. "step" is the distance between mean spectra of neighbouring slices, which says whether a
piece goes on or jumps.

    python benchmarks/joins.py RUN --sounds DIR [--seconds 60] [--label NAME] [--json FILE]

Rows: the piece; hard cuts between the same slices; an equal-power and an equal-gain fade; slices
of independent latents, faded as the piece is; and recordings, with windows where joins would be.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from scipy import signal

from tfgan_audio.audio.framing import cross_fade_weights
from tfgan_audio.audio.joining import join_slices, num_slices_for
from tfgan_audio.cli.options import write_json
from tfgan_audio.data.opening import open_sounds
from tfgan_audio.latents import draw_latents
from tfgan_audio.loading import load

FRAME_S, HOP_S = 0.032, 0.008
RANGE_DB = 60.0


def log_spectra(waveform: np.ndarray, rate_hz: int) -> np.ndarray:
    """Return log spectra [F, K] in dB of the mean of the channels, at most 60 dB down."""
    frame, hop = round(FRAME_S * rate_hz), round(HOP_S * rate_hz)
    frames = np.lib.stride_tricks.sliding_window_view(waveform.mean(axis=1), frame)[::hop]
    levels = 20 * np.log10(np.abs(np.fft.rfft(frames * signal.get_window("hann", frame))) + 1e-9)
    return np.maximum(levels, levels.max() - RANGE_DB)


def flux(waveform: np.ndarray, rate_hz: int) -> np.ndarray:
    """Return the distance of each frame's spectrum from the one before, in dB."""
    return np.sqrt(np.mean(np.square(np.diff(log_spectra(waveform, rate_hz), axis=0)), axis=1))


def join_ratios(
    waveform: np.ndarray, rate_hz: int, slice_samples: int, overlap_samples: int
) -> dict[str, float]:
    """Compare flux at joins with flux in windows of the same length half a hop away."""
    changes, hop_samples = flux(waveform, rate_hz), slice_samples - overlap_samples
    per_frame = round(HOP_S * rate_hz)
    # A change between two frames lies in the middle of what both see.
    times = np.arange(len(changes)) * per_frame + (round(FRAME_S * rate_hz) + per_frame) / 2
    centres = np.arange(hop_samples, len(waveform) - slice_samples, hop_samples)
    centres = centres + overlap_samples / 2
    reach = max(overlap_samples / 2, FRAME_S * rate_hz / 2)
    found = {}
    for name, shift in (("joins", 0.0), ("between", hop_samples / 2)):
        inside = [changes[np.abs(times - centre - shift) <= reach] for centre in centres]
        found[name] = np.mean([window.mean() for window in inside])
        found[f"{name}_peak"] = np.mean([window.max() for window in inside])
    return {
        "mean": found["joins"] / found["between"],
        "peak": found["joins_peak"] / found["between_peak"],
        "flux_db": float(found["between"]),
    }


def level_db(joined: np.ndarray, slices: np.ndarray, overlap_samples: int) -> float:
    """Return the level in the middle of fades against that of what is faded, in dB."""
    third, hop_samples = overlap_samples // 3, slices.shape[1] - overlap_samples
    middle = slice(third, overlap_samples - third)
    found, expected = 0.0, 0.0
    for index in range(1, len(slices)):
        start = index * hop_samples
        found += np.sum(joined[start : start + overlap_samples][middle] ** 2.0)
        old, new = slices[index - 1][hop_samples:], slices[index][:overlap_samples]
        expected += np.sum(old[middle] ** 2.0 + new[middle] ** 2.0) / 2.0
    return float(10 * np.log10(found / expected))


def faded(slices: Iterable[np.ndarray], overlap_samples: int, equal: str) -> np.ndarray:
    """Join slices by one law whatever they are: equal "gain", equal "power", or a "hard" cut."""
    slices = list(slices)
    rise = cross_fade_weights(len(slices[0]), overlap_samples)[:overlap_samples, None]
    if equal == "hard":
        rise = (np.arange(overlap_samples) >= overlap_samples / 2)[:, None].astype(np.float32)
    laws = {"gain": (rise, 1 - rise), "power": (np.sqrt(rise), np.sqrt(1 - rise))}
    up, down = laws.get(equal, (rise, 1 - rise))
    parts, tail = [], None
    for current in slices:
        start = current[:overlap_samples]
        start = start if tail is None else down * tail + up * start
        parts += [start, current[overlap_samples : len(current) - overlap_samples]]
        tail = current[len(current) - overlap_samples :]
    return np.concatenate([*parts, tail])


def step_db(slices: np.ndarray, rate_hz: int) -> float:
    """Return the distance between mean log spectra of neighbouring slices, in dB."""
    spectra = np.stack([log_spectra(each, rate_hz).mean(axis=0) for each in slices])
    return float(np.sqrt(np.mean(np.square(np.diff(spectra, axis=0)), axis=1)).mean())


def recorded_slices(
    sound_dir: str, generator, overlap_samples: int, num: int
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return slices in a row of the longest recordings, and these recordings."""
    clips = open_sounds(sound_dir, generator.sample_rate_hz, generator.num_channels)
    order = np.argsort([-entry.num_samples for entry in clips.entries], kind="stable")
    hop_samples = generator.slice_samples - overlap_samples
    rows, waveforms = [], []
    for clip in order:
        waveform = clips.read(int(clip))
        starts = range(0, len(waveform) - generator.slice_samples + 1, hop_samples)
        if len(rows) >= num or len(starts) < 4:
            break
        rows += [waveform[start : start + generator.slice_samples] for start in starts]
        waveforms.append(waveform)
    return np.stack(rows), waveforms


def averaged(figures: list[dict[str, float]]) -> dict[str, float]:
    """Return the mean of each figure."""
    return {name: float(np.mean([each[name] for each in figures])) for name in figures[0]}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run")
    parser.add_argument("--sounds", required=True)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--label")
    parser.add_argument("--temperature", type=float, default=1.0)
    parser.add_argument("--json")
    arguments = parser.parse_args()

    generator = load(arguments.run, "generate")
    pieces, rate_hz, size = generator.pieces, generator.sample_rate_hz, generator.slice_samples
    overlap = pieces.prior.overlap_samples
    num = num_slices_for(round(arguments.seconds * rate_hz), size, overlap)
    labels = pieces.labels_of(num, arguments.label)
    latents = pieces.draw(arguments.seconds, arguments.seed, arguments.label, arguments.temperature)
    slices = np.stack(list(generator.sounds(latents, labels)))
    strangers = draw_latents(num, generator.latent_dim, arguments.seed)
    strangers = np.stack(list(generator.sounds(strangers, labels)))
    real, waveforms = recorded_slices(arguments.sounds, generator, overlap, num)

    def row(joined: np.ndarray, of: np.ndarray) -> dict[str, float]:
        found = {"level_db": level_db(joined, of, overlap), "step_db": step_db(of, rate_hz)}
        return join_ratios(joined, rate_hz, size, overlap) | found

    table = {
        "piece": row(np.concatenate(list(join_slices(slices, overlap))), slices),
        "hard cuts": row(faded(slices, overlap, "hard"), slices),
        "equal power": row(faded(slices, overlap, "power"), slices),
        "equal gain": row(faded(slices, overlap, "gain"), slices),
        "independent": row(np.concatenate(list(join_slices(strangers, overlap))), strangers),
        "recordings": averaged([join_ratios(each, rate_hz, size, overlap) for each in waveforms])
        | {"level_db": 0.0, "step_db": step_db(real, rate_hz)},
    }
    print(f"{num} slices of {size / rate_hz:.2f} s, overlap {overlap / rate_hz:.3f} s")
    print(f"{'':<14}{'mean':>8}{'peak':>8}{'flux dB':>10}{'level dB':>10}{'step dB':>10}")
    for name, found in table.items():
        ratios = f"{found['mean']:>8.2f}{found['peak']:>8.2f}"
        levels = "".join(f"{found[f'{kind}_db']:>10.2f}" for kind in ("flux", "level", "step"))
        print(f"{name:<14}{ratios}{levels}")
    if arguments.json:
        write_json(arguments.json, table)


if __name__ == "__main__":
    main()
