"""Folders of fine-tuning runs, to those who want a pretraining run."""

from __future__ import annotations

import pytest

from albert_data.base.errors import ConfigError
from model.albert import AlbertPretrainer
from model.checkpoints import ENGINE, load_model, write_weights
from model.run_folder import Run, write_run
from tests.model.conftest import tiny_config


def test_a_task_s_run_is_no_pretraining_run(tmp_path):
    model, folder = AlbertPretrainer(tiny_config()), str(tmp_path)
    write_weights(model, f"{folder}/ckpt-1")
    write_run(folder, Run(model.config, {}, "", "none", engine=ENGINE, task="rte"))
    with pytest.raises(
        ConfigError, match="a run of the task rte, which has no heads of pretraining"
    ):
        load_model(folder)
    write_run(folder, Run(model.config, {}, "", "none", engine=ENGINE))
    load_model(folder)
