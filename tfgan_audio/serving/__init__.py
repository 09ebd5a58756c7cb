"""Deployable artefacts and what runs them.

- `enhancer`: enhance recordings of any rate, length and channel count with any backend (NumPy).
- `description`: what an artefact says of itself.
- `backends`: the streaming step of a SavedModel and of a TFLite file.
- `step_function`: the streaming step as a TensorFlow function with named tensors.
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
"""
