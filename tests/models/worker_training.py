"""Script: train the toy family, with other processes where TF_CONFIG names them.

python worker_training.py weights.npy
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import sys

import numpy as np
import tensorflow as tf
from toy_family import dataset_of, flat, make_toy, make_waveforms, train


def main() -> None:
    """Train and write all weights, with the logs behind them."""
    distributed = "TF_CONFIG" in os.environ
    strategy = (
        tf.distribute.MultiWorkerMirroredStrategy() if distributed else tf.distribute.get_strategy()
    )
    with strategy.scope():
        model = make_toy(
            run_eagerly=False,
            hidden=6,
            objective="wgan-gp",
            critic_steps=2,
            distance_weight=0.5,
            feature_matching_weight=2.0,
            ema_momentum=0.8,
            adversarial_start_step=1,
        )
    waveforms = make_waveforms(10)
    logs = train(model, waveforms)
    scores = model.evaluate(dataset_of(waveforms[:8]), verbose=0, return_dict=True)
    with model.averaged_weights():
        averages = flat(model.generator.weights)
    figures = [*(values[0] for values in logs.values()), *scores.values()]
    np.save(sys.argv[1], np.concatenate([flat(model.weights), averages, np.ravel(figures)]))


if __name__ == "__main__":
    main()
