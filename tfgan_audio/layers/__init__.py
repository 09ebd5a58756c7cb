"""Registered Keras layers, channels last (batch, time, channels).

- `causal_conv`: causal dilated convolution that hands its history on, for streaming.
- `block_fourier`: block-wise short-time Fourier analysis and synthesis, also with history.
"""
