"""Training runs: folder, resumable state, callbacks, devices.

- `run`: `train(config, run_dir)`, the whole run; `devices` is what it trains on.
- `run_folder`: where a run keeps what; `environment` is what it records of the machine.
- `resumable_state`: the state from which a killed run goes on exactly; `continuation` tells with
  which configuration it may.
- `callbacks`: validation, logs, progress, stop on non-finite values; `saving`: models in one move.
- `tasks`: what a family trains on, how it judges the model and what it reports.
- `enhancement_task`, and of it `_samples`, `_scores`, `_report`: the task of SEGAN.
"""
