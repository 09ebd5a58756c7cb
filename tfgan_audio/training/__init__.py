"""Training runs: folder, resumable state, callbacks, devices.

- `run`: `train(config, run_dir)`, the whole run; `devices` is what it trains on.
- `run_folder`: where a run keeps what; `environment` is what it records of the machine.
- `resumable_state`: the state from which a killed run goes on exactly; `continuation` tells with
  which configuration it may.
- `callbacks`: validation, logs, progress, stop on non-finite values; `samples` and `saving` are
  what a validation keeps.
- `run_scores`, `run_report`: what the trained model does to held-out recordings.
"""
