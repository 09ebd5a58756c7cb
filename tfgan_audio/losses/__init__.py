"""Losses: pure functions from float tensors to float32 values, with no state and no classes."""
