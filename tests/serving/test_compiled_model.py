"""Files of fixed shapes run in the newer interface of LiteRT too, as its accelerators ask for."""

import numpy as np
import pytest
from device_exports import MODELS

import tfgan_audio as tga
from tfgan_audio.serving.description import read_description
from tfgan_audio.serving.tflite import export_tflite
from tfgan_audio.serving.verbs import Opened, opened, with_drawn_latents

litert = pytest.importorskip("ai_edge_litert.compiled_model")


def compiled(path, num_at_once: int) -> Opened:
    """A file that `CompiledModel` runs."""
    description = read_description(path)
    key, model = description.signature, litert.CompiledModel.from_file(str(path))
    details = model.get_output_tensor_details(key)
    sources = {
        name: model.create_input_buffer_by_name(key, name)
        for name in model.get_input_tensor_details(key)
    }
    targets = {name: model.create_output_buffer_by_name(key, name) for name in details}

    def run(inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        for name, buffer in sources.items():
            buffer.write(np.ascontiguousarray(inputs[name], np.float32))
        model.run_by_name(key, sources, targets)
        shapes = {name: detail["shape"] for name, detail in details.items()}
        return {
            name: buffer.read(int(np.prod(shapes[name])), np.float32).reshape(shapes[name])
            for name, buffer in targets.items()
        }

    if {"window", "latents"} <= set(sources):
        shape = model.get_input_tensor_details(key)["latents"]["shape"]
        run = with_drawn_latents(run, shape[1:])
    return opened(description, run, num_at_once)


@pytest.mark.parametrize(
    ("name", "num_at_once"),
    [("segan", 1), ("segan_windows", 1), ("melgan_step", 6), ("wavegan", 1)],
)
def test_it_says_what_keras_says(name: str, num_at_once: int, speechlike, rng, tmp_path) -> None:
    model, path = MODELS[name][0](), tmp_path / "a.tflite"
    export_tflite(model, path, fixed=num_at_once)
    model.save(tmp_path / "a.keras")
    found, expected = compiled(path, num_at_once), tga.load(tmp_path / "a.keras")
    if hasattr(found, "enhance"):
        results = [one.enhance(speechlike, 16_000) for one in (found, expected)]
    elif hasattr(found, "vocode"):
        mel = rng.uniform(-4.5, -1.5, [29, 6]).astype(np.float32)
        results = [one.vocode(mel, quiet_ends=True) for one in (found, expected)]
    else:
        results = [one.generate(3, labels="kick") for one in (found, expected)]
    np.testing.assert_allclose(results[0], results[1], atol=1e-5 * np.abs(results[1]).max())
