"""What JAX raises at work, as a user sees it."""

import click
import jax
import jax.numpy as jnp
import pytest

from model.failures import errors_shown


def shown(action):
    with pytest.raises(click.ClickException) as caught, errors_shown():
        action()
    return str(caught.value)


def test_memory_that_is_used_up_is_one_message_with_the_settings_that_save_some():
    told = shown(lambda: jnp.zeros(2**48, jnp.uint8).block_until_ready())
    assert told.startswith("out of memory or disk: Out of memory allocating 281474976710656 bytes")
    assert told.endswith("fix: for memory, set a smaller micro_batch_size or recompute=layers")


def test_what_a_device_refuses_at_work_is_one_message():
    def refused(_):
        raise ValueError("a host that is gone")

    def call():
        shape = jax.ShapeDtypeStruct((), jnp.float32)
        jax.jit(lambda x: jax.pure_callback(refused, shape, x))(1.0).block_until_ready()

    told = shown(call)
    assert told.startswith("CpuCallback error") and "\n  fix: mend this, then run" in told


def test_a_mistake_of_ours_keeps_its_traceback():
    with pytest.raises(TypeError), errors_shown():
        jnp.zeros((2, 3)) @ jnp.zeros((2, 3))
