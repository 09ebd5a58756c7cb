"""Weights of other code bases, read without those code bases.

- `checkpoints`: `import_checkpoint`, which knows the kinds.
- `segan_tf1`, `wavegan_tf1`, `segan_pytorch` with `segan_pytorch_places`: kinds.
- `melgan_official`, `parallel_wavegan` with `parallel_wavegan_training`: kinds, both by
  `melgan_places`; `tensorflowtts_tflite` with `tflite_convolutions`: a kind.
- `torch_archive`, `tf1_checkpoint`, `tflite_file`: what is in a file, as NumPy arrays.
- `options`, `statistics`: the files beside a checkpoint.
- `transfer`: arrays by name into the variables of a model, with nothing left over.
"""
