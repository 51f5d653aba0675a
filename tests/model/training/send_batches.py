"""Batches as replicas get them, of one, two and four CPUs and of two machines, into a file.

    python -m tests.model.training.send_batches SHARDS OUT BATCH SEED CONSUMED

The machines are servers of TensorFlow's in processes of their own, as a TPU's hosts run.
"""

import multiprocessing
import socket
import sys
from itertools import islice

import numpy as np

COUNT = 4


class OnMachines:
    """What is asked of a strategy whose replicas are on several machines: of TensorFlow's only a TPU's is."""

    def __init__(self, devices):
        self.worker_devices, self.extended = devices, self

    def experimental_distribute_values_from_function(self, part):
        from tensorflow import distribute

        context = distribute.experimental.ValueContext
        parts = [
            part(context(n, len(self.worker_devices))) for n in range(len(self.worker_devices))
        ]
        return {name: [one[name] for one in parts] for name in parts[0]}

    def experimental_local_results(self, value):
        return value


def serve(addresses, task):
    import tensorflow as tf

    tf.distribute.Server({"worker": addresses}, job_name="worker", task_index=task).join()


def free_addresses(count):
    sockets = [socket.create_server(("localhost", 0)) for _ in range(count)]
    addresses = [f"localhost:{one.getsockname()[1]}" for one in sockets]
    for one in sockets:
        one.close()
    return addresses


def main(shards, out, batch_size, seed, consumed):
    addresses = free_addresses(2)
    spawn = multiprocessing.get_context("spawn").Process
    workers = [spawn(target=serve, args=(addresses, task), daemon=True) for task in range(2)]
    for worker in workers:
        worker.start()
    import tensorflow as tf

    from albert_data.read.shard_reader import open_shards
    from model.training.tensorflow_data import training_batches

    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 4)
    tf.config.experimental_connect_to_cluster(tf.train.ClusterSpec({"worker": addresses}))
    hosts = [f"/job:worker/replica:0/task:{task}/device:CPU:0" for task in range(2)]
    here = [f"/job:localhost/replica:0/task:0/device:CPU:{n}" for n in range(4)]
    found = {}
    for name, devices in {"1": here[:1], "2": here[:2], "4": here, "hosts": hosts}.items():
        made = OnMachines if name == "hosts" else tf.distribute.MirroredStrategy
        strategy = made(devices)
        batches = training_batches(
            strategy, open_shards(shards).batches(batch_size, seed=seed, consumed=consumed)
        )
        for number, batch in enumerate(islice(batches, COUNT)):
            for feature, value in batch.items():
                parts = strategy.experimental_local_results(value)
                assert len(parts) == len(devices)
                if name == "hosts":
                    assert [part.device for part in parts] == hosts
                found[f"{name}/{number}/{feature}"] = np.concatenate([p.numpy() for p in parts])
        batches.close()
    np.savez(out, **found)
    for worker in workers:
        worker.kill()


if __name__ == "__main__":
    main(*sys.argv[1:3], *map(int, sys.argv[3:]))
