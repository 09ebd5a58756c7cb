"""Training runs: folder, resumable state, callbacks, devices.

- `run`: `train(config, run_dir)`, the whole run.
- `run_folder`: where a run keeps what.
- `resumable_state`: the state from which a killed run goes on exactly.
- `callbacks`: validation, samples and logs, progress, stop on non-finite values.
- `devices`: precision, replicas and determinism.
"""
