"""Sound as arrays: files, decoding in the graph, spectra, framing and filters.

* ``io``: read and write WAV, FLAC, OGG and MP3 files as float32 arrays; find files in a folder.
  It gathers the names of ``reader`` (opening and decoding), ``writer`` (whole or not at all),
  ``pcm`` (samples of so many bits) and ``resampling`` (soxr, in one piece or block by block).
* ``decode``: the same for ``tf.data``: encoded bytes to samples inside the graph.
* ``features``: ``MelFeatures``, the one definition of a mel spectrogram, and its presets.
* ``spectral``: STFT, magnitude, mel and log-mel spectrograms in TensorFlow.
* ``griffin_lim``: the inverse of the STFT, and waveforms from magnitudes alone, in TensorFlow.
* ``framing``: frames, overlap-add, windows with cross-fade.
* ``filters``: pre-emphasis and its exact inverse, peak and RMS level.
* ``finishing``: trim, fade, scale and join sounds.
* ``block_stream``: streams of any chunk size through networks with blocks of fixed size.
* ``frame_stream``: streams of any chunk size through networks that turn frames into samples.
* ``mel_stream``: mel spectrograms of recordings that come in chunks.

Only ``decode``, ``spectral``, ``mel_stream`` and ``griffin_lim`` import TensorFlow; all else runs
on NumPy alone.
"""
