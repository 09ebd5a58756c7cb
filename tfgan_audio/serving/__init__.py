"""Deployable artefacts and what runs them.

- `enhancer`: enhance recordings of any rate, length and channel count with any backend (NumPy).
- `description`: what an artefact says of itself; `waveform_descriptions`, `mel_descriptions`: by
  family.
- `backends`: SavedModel and TFLite exports, opened for use.
- `verbs`: objects with the verb of a family, from a function that runs an exported signature.
- `step_function`: the streaming step as a TensorFlow function with named tensors.
- `exportable`: what can be exported of a model; a file for each family.
- `saved_model`, `tflite`: write an artefact, compare it with Keras, publish it in one move.
- `graph_rules`: what TF Serving does not run.
- `parity`: how far two runtimes may differ.
- `enhance_files`: files, folders and raw streams in bounded memory.
- `sound_generator`: sounds from seeds, labels or latents with any backend (NumPy).
- `latent_paths`: ways between latents.
- `sound_files`: generated sounds as files, with what they were made from.
- `vocoder`: waveforms from mel spectrograms with any backend (NumPy).
- `mel_checks`: whether a mel is of the vocoder's convention, judged by its values.
- `mel_files`: mels from files, in the layouts of several code bases.
- `vocode_files`: mel files and recordings to audio files.
- `speaker`: speech from texts with any backend (NumPy); `speech_inputs` is what it sends.
- `speak_files`: speech into files and pipes.
- `speech_alignment`, `text_grid`: where in a recording words and sounds are.
- `status`: the codes of a model server.
- `session_model`: a SavedModel in a session, as TensorFlow Serving runs it.
- `server`: an embedded server of its API.
- `client`: clients of it and of the real one.
"""

import importlib
from typing import Any

_HOMES = {
    "AsyncClient": "tfgan_audio.serving.client.async_client",
    "Client": "tfgan_audio.serving.client.client",
    "StatusError": "tfgan_audio.serving.status",
    "remote_enhancer": "tfgan_audio.serving.client.remote_enhancer",
    "remote_model": "tfgan_audio.serving.client.remote_model",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
