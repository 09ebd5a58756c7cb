"""Deployable artefacts and what runs them.

- `enhancer`: enhance recordings of any rate, length and channel count with any backend (NumPy).
- `description`: what an artefact says of itself.
- `backends`: the streaming step of a Keras model, a SavedModel and a TFLite file.
- `saved_model`, `tflite`: write an artefact, compare it with Keras, publish it in one move.
- `parity`: how far two runtimes may differ.
- `enhance_files`: files, folders and raw streams in bounded memory.
"""
