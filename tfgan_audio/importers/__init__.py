"""Weights of other code bases, read without those code bases.

- `checkpoints`: `import_checkpoint`, which knows the kinds.
- `segan_tf1`, `wavegan_tf1`, `segan_pytorch` with `segan_pytorch_places`: the kinds.
- `torch_archive`, `tf1_checkpoint`: what is in a file, as NumPy arrays.
- `transfer`: arrays by name into the variables of a model, with nothing left over.
"""
