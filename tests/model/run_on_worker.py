"""A run whose device is another process, as a TPU's is: python -m tests.model.run_on_worker SHARDS FOLDER.

The worker's process id is the first line that is printed; whoever ends it takes the device away. The run
is the command line's, but for its strategy.
"""

import contextlib
import multiprocessing
import socket
import sys
import time

SETTINGS = dict(
    name="albert-tiny", vocab_size=97, num_hidden_layers=1,
    steps=100_000, batch_size=8, warmup_steps=1, steps_per_call=1, log_every=1,
)  # fmt: skip


def serve(port: int) -> None:
    import tensorflow as tf

    tf.distribute.Server({"worker": [f"localhost:{port}"]}, job_name="worker").join()


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("localhost", port)):
        return True
    return False


def main(shards: str, folder: str) -> None:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    worker = multiprocessing.get_context("spawn").Process(target=serve, args=(port,), daemon=True)
    worker.start()
    while not _listens(port):
        time.sleep(0.05)
    import tensorflow as tf

    from model import train_tpu
    from model.training import tensorflow_engine

    tf.config.experimental_connect_to_host(f"localhost:{port}")
    remote = tf.distribute.OneDeviceStrategy("/job:worker/replica:0/task:0/device:CPU:0")
    tensorflow_engine.make_strategy = lambda *asked: remote
    print(worker.pid, flush=True)
    pairs = [f"--set={key}={value}" for key, value in SETTINGS.items()]
    where = [f"--shards={shards}", f"--model-dir={folder}", "--strategy=cpu", "--no-progress"]
    train_tpu.main([*where, *pairs])


if __name__ == "__main__":
    main(*sys.argv[1:])
