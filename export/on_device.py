"""Enhance or vocode on a device; needs numpy and ai-edge-litert only.

    python on_device.py segan.tflite noisy.wav clean.wav
    arecord -t raw -f S16_LE -r 16000 | python on_device.py segan.tflite - - | \
        aplay -t raw -f S16_LE -r 16000
    python on_device.py voice.tflite mel.npy speech.wav

Sound is one channel of 16 bits at the model's rate. The model is one signature, `step`: a block of
samples, or frames of a mel [frames, mels], and what it remembers of the past go in, an enhanced
block, or the samples of the frames, and what to remember come out.
"""

import json
import sys
import wave
import zipfile
from collections.abc import Callable, Iterator

import numpy as np
from ai_edge_litert.interpreter import Interpreter


def arriving(read: Callable[[int], bytes], hop: int, num_extra: int) -> Iterator[np.ndarray]:
    """Yield blocks of a stream as float32, the last one shorter, then empty ones."""
    while data := read(2 * hop):
        yield np.frombuffer(data[: len(data) // 2 * 2], "<i2").astype(np.float32) / 32768
    for _ in range(num_extra):
        yield np.zeros(0, np.float32)


def enhance(path: str, read: Callable[[int], bytes], write: Callable[[bytes], object]) -> None:
    """Enhance a stream block by block until it ends."""
    facts = description(path)
    hop, num_late = facts["hop_samples"], facts["latency_samples"] // facts["hop_samples"]
    step = Interpreter(model_path=path, num_threads=1).get_signature_runner("step")
    # The past is silent at first; outputs have the names of the inputs they become.
    shapes = enumerate(facts["history_shapes"])
    state = {f"history_{index}": np.zeros([1, *shape], np.float32) for index, shape in shapes}
    num_due = 0
    for index, samples in enumerate(arriving(read, hop, num_late)):
        num_due += len(samples)
        block = np.pad(samples, (0, hop - len(samples))).reshape(1, 1, hop)
        state = step(blocks=block, **state)
        enhanced = state.pop("enhanced").reshape(-1)
        if index >= num_late:  # before that comes what precedes the first sample
            part = np.clip(np.rint(enhanced[:num_due] * 32768), -32768, 32767)
            num_due -= len(part)
            write(part.astype("<i2").tobytes())


def vocode(path: str, mel: np.ndarray, write: Callable[[bytes], object]) -> None:
    """Make the waveform of a mel, step by step."""
    facts = description(path)
    hop, num_late = facts["hop_samples"], facts["latency_samples"]
    step = Interpreter(model_path=path, num_threads=1).get_signature_runner("step")
    size = step.get_input_details()["mel"]["shape"][1]
    start = np.array(facts["start"], np.float32)  # quiet frames
    state, num_due = {"history": start[None]}, len(mel) * hop
    num_steps = -(-(num_due + num_late) // (size * hop))
    mel = np.concatenate([mel, np.tile(start[:1], [num_steps * size - len(mel), 1])])
    for frames in np.split(mel.astype(np.float32)[None], num_steps, axis=1):
        state = step(mel=frames, **state)
        samples = state.pop("waveform").reshape(-1)
        num_late, part = max(0, num_late - len(samples)), samples[num_late:][:num_due]
        num_due -= len(part)
        write(np.clip(np.rint(part * 32768), -32768, 32767).astype("<i2").tobytes())


def description(path: str) -> dict:
    """Read what the model says of itself: a zip archive behind its end."""
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("tfgan_audio.json"))


def main() -> None:
    """Enhance a file, or stdin to stdout."""
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    path, source, target = sys.argv[1:]
    if source == "-":
        output = sys.stdout.buffer
        enhance(path, sys.stdin.buffer.read, lambda data: (output.write(data), output.flush()))
        return
    rate = description(path)["sample_rate_hz"]
    if source.endswith(".npy"):
        with wave.open(target, "wb") as out:
            out.setparams((1, 2, rate, 0, "NONE", None))
            vocode(path, np.load(source), out.writeframes)
        return
    with wave.open(source) as wav:
        if (wav.getnchannels(), wav.getsampwidth(), wav.getframerate()) != (1, 2, rate):
            sys.exit(f"{source}: expected one channel of 16 bits at {rate} Hz")
        with wave.open(target, "wb") as out:
            out.setparams(wav.getparams())
            enhance(path, lambda num_bytes: wav.readframes(num_bytes // 2), out.writeframes)


if __name__ == "__main__":
    main()
