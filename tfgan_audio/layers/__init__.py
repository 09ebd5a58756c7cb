"""Registered Keras layers, channels last (batch, time, channels).

- `causal_conv`: causal dilated convolution that hands its history on, for streaming.
- `block_fourier`: block-wise short-time Fourier analysis and synthesis, also with history.
- `virtual_batch_norm`, `batch_norm`, `spectral_norm`: normalisations that discriminators use.
- `reflection_padding`, `channel_scale`: small parts of waveform networks.
- `circular_shift`, `phase_shuffle`: random shifts inside of discriminators.
- `log_spectrum`: spectra as images, and back to waveforms.
- `running_state`, `randomness`: variables that training passes change, and draws in them.
"""
