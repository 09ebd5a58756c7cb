"""Scores of generated sounds, none of which needs a download.

- `sound_sets`: clips of one length at 16 kHz, with what is measured of them.
- `scoring`: `score_sets` compares generated with real clips; `set_metrics` says what by.
- `log_mel_features`, `musicnn`, `embeddings`: clips as vectors.
- `neighbours`, `bins`, `frechet`, `kernel_distances`: distances of sets of vectors.
- `signal_statistics`, `spectral_distances`, `upsampling_noise`: the signals themselves.
- `class_scores`: what a classifier of one's own classes says.
- `set_scores`, `set_plots`, `set_report`: results, pictures, page.

Every name of a metric says what it was computed on. None of the figures can be set beside those of
papers, which use other classifiers, features and data.
"""
