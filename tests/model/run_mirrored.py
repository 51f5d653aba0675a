"""One short run in its own process: python -m tests.model.run_mirrored SHARDS FOLDER DEVICES.

A process can have one strategy only. DEVICES 1 is one CPU; more are virtual CPU devices.
"""

import sys

from model.settings import TrainSettings
from model.training.pretraining import pretrain
from model.training.strategies import make_strategy
from model.training.tensorflow_engine import TensorFlowEngine
from tests.model.conftest import tiny_config

SETTINGS = TrainSettings(
    steps=4, batch_size=8, micro_batch_size=2, warmup_steps=1, learning_rate=0.01,
    steps_per_call=2, log_every=2, save_every=4,
)  # fmt: skip


def main(shards: str, folder: str, devices: int) -> None:
    strategy = make_strategy("cpu" if devices == 1 else "mirrored", devices=devices)
    assert strategy.num_replicas_in_sync == devices
    config = tiny_config(num_hidden_layers=2)
    pretrain(config, SETTINGS, shards, TensorFlowEngine(strategy), folder, show_progress=False)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
