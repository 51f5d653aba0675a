"""What TensorFlow must find in the environment to reach a TPU. Set before it is imported: it reads it then.

In: what is asked for, the environment, the machine. Out: variables, and a line that names them. A variable
that is set already stays as it is.

    chips of this machine, v2 to v4      nothing: TensorFlow's own TPU runtime (stream executor)
    chips of this machine, v5e and later the PJRT runtime, the only one for them, from the libtpu package,
                                         and the MLIR bridge
    a TPU of another name, or none asked TPU_LOAD_LIBRARY=0: this process takes no chip
    any, or none                         GCS_READAHEAD_BUFFER_SIZE_BYTES, half a megabyte

Without the last but one, libtpu asks the metadata server of Google's machines what it drives, 30 times over,
wherever it runs. With PJRT's variables and no chip, the import itself fails. So both go by what there is.
Without the last, TensorFlow fetches 64 MB of an object for each part of it that is read, and the reader of
shards reads parts of some 200 KB (the odd byte: it looks at the one before a part, too).

Sources: Google's tests of TensorFlow on TPUs (which variables on one host and on several), Keras' examples
for v5p and v6e (bridge), JAX's list of PCI devices, and trials of tensorflow-tpu 2.19.1 without chips.
"""

from __future__ import annotations

import contextlib
import glob
import importlib.metadata
import importlib.util
import os
import re
import urllib.request
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from albert_data.base.errors import ConfigError

PCI_VENDOR = "0x1ae0"
PCI_TYPES = {  # by PCI device
    "0x0027": "v3",  # and v2
    "0x005e": "v4",
    "0x0062": "v5p",
    "0x0063": "v5e",
    "0x006f": "v6e",
    "0x0076": "v7x",
}
LOCAL = "local"
UNKNOWN = "unknown"
WITHOUT_PJRT = ("v2", "v3", "v4", UNKNOWN)
OTHER_NAMES = {"v5litepod": "v5e", "v5lite": "v5e", "tpu7x": "v7x"}  # of accelerator types
BRIDGE = (
    "--tf_mlir_enable_mlir_bridge=true --tf_mlir_enable_convert_control_to_data_outputs_pass=true"
    " --tf_mlir_enable_merge_control_flow_pass=true"
)
METADATA_SECONDS = 2.0
READ_AHEAD = {"GCS_READAHEAD_BUFFER_SIZE_BYTES": str(2**19 + 1)}

Environment = Mapping[str, str]


def tpu_name(asked: str, environment: Environment) -> str:
    """The TPU that a run is to take: ``--tpu``, else TPU_NAME, else "local", the one of this machine."""
    return asked or environment.get("TPU_NAME") or LOCAL


def local_type(environment: Environment, root: Path = Path("/")) -> str:
    """Type of this machine's TPU chips, such as "v3" or "v5e"; "" where there is none.

    From the PCI devices, which a container shows, too. Where only device nodes are to be seen, from
    TPU_ACCELERATOR_TYPE or the metadata server; UNKNOWN where neither says what an accel node is (vfio nodes
    are other devices', too).
    """
    for vendor in sorted(glob.glob(f"{root}/sys/bus/pci/devices/*/vendor")):
        if Path(vendor).read_text().strip() == PCI_VENDOR:
            device = Path(vendor).with_name("device").read_text().strip()
            if device in PCI_TYPES:
                return PCI_TYPES[device]
    accel, vfio = (glob.glob(f"{root}/dev/{name}[0-9]*") for name in ("accel", "vfio/"))
    if not accel and not vfio:
        return ""
    told = environment.get("TPU_ACCELERATOR_TYPE") or _metadata("accelerator-type", environment)
    return type_of(told) or (UNKNOWN if accel else "")


def type_of(accelerator: str) -> str:
    """Type of what Google calls an accelerator type: v5e of "v5litepod-16"; "" if it is none."""
    name = re.match(r"(v[0-9]+[a-z]*|tpu[0-9]+[a-z]*)(-[0-9]+)?$", accelerator.strip().lower())
    return OTHER_NAMES.get(name[1], name[1]) if name else ""


def variables(
    strategy: str, tpu: str, environment: Environment, chips: str, path: str
) -> dict[str, str]:
    """Variables that a run on TensorFlow wants and that are not set.

    Args:
        strategy, tpu: as on the command line.
        environment: variables that are set.
        chips: type of this machine's TPU, see ``local_type``.
        path: of libtpu.so; "" where TensorFlow is not one for TPUs, and nothing is wanted.
    """
    if not path:
        return {}
    if strategy not in ("auto", "tpu") or not chips or tpu_name(tpu, environment) != LOCAL:
        wanted = {"TPU_LOAD_LIBRARY": "0"}
    elif chips in WITHOUT_PJRT:
        wanted = {}
    else:
        wanted = {
            "PJRT_DEVICE": "TPU",
            "NEXT_PLUGGABLE_DEVICE_USE_C_API": "true",
            "TF_PLUGGABLE_DEVICE_LIBRARY_PATH": path,
            "TF_XLA_FLAGS": BRIDGE,
        }
    return {name: value for name, value in wanted.items() if name not in environment}


@contextlib.contextmanager
def set_for(engine: str, strategy: str, tpu: str) -> Iterator[None]:
    """Around the import of an engine of training; JAX finds its machine's chips by itself, and no others.

    Raises:
        ConfigError: TensorFlow cannot be imported because the chips cannot be had; JAX and a TPU by name.
    """
    if engine != "tensorflow":
        if tpu not in ("", LOCAL):
            fix = "on each host of the TPU start the same command without --tpu; or --engine tensorflow"
            raise ConfigError(
                f"JAX takes no TPU by name, {tpu}", where=f"--engine {engine}", fix=fix
            )
        yield
        return
    if not any(name.startswith("GCS_READ_CACHE") for name in os.environ):
        os.environ.update({**READ_AHEAD, **os.environ})
    path = library(os.environ)
    chips = local_type(os.environ) if path else ""
    added = variables(strategy, tpu, os.environ, chips, path)
    os.environ.update(added)
    # Of Google's API client, which the TPU's TensorFlow imports: that Python 3.11 ends in 2027.
    warnings.filterwarnings("ignore", "You are using a Python version", FutureWarning)
    if added and "TPU_LOAD_LIBRARY" not in added:
        click.echo(f"TPU {chips}: set {', '.join(added)} for TensorFlow", err=True)
    try:
        yield
    except Exception as error:
        ours = isinstance(error, ImportError | ConfigError)
        if ours or not os.environ.get("TF_PLUGGABLE_DEVICE_LIBRARY_PATH"):
            raise
        reason = str(error).splitlines()[0]
        problem = f"TensorFlow cannot take the TPU {chips or 'chips'} of this machine ({reason})"
        fix = "is it at work for another process? --strategy cpu trains without it"
        raise ConfigError(problem, where=f"--strategy {strategy}", fix=fix) from error


def library(environment: Environment) -> str:
    """Path of the libtpu.so that tensorflow-tpu uses; "" where another TensorFlow is installed."""
    try:
        importlib.metadata.distribution("tensorflow-tpu")
    except importlib.metadata.PackageNotFoundError:
        return ""
    package = importlib.util.find_spec("libtpu")
    beside = str(Path(package.origin).with_name("libtpu.so")) if package and package.origin else ""
    return environment.get("TPU_LIBRARY_PATH") or beside


def _metadata(key: str, environment: Environment) -> str:
    """An attribute of this machine from Google's metadata server; "" where there is none."""
    host = environment.get("GCE_METADATA_HOST") or environment.get("GCE_METADATA_IP")
    # By its address: the look-up of its name obeys no timeout where DNS does not answer.
    url = f"http://{host or '169.254.169.254'}/computeMetadata/v1/instance/attributes/{key}"
    request = urllib.request.Request(url, headers={"Metadata-Flavor": "Google"})
    try:
        with urllib.request.urlopen(request, timeout=METADATA_SECONDS) as answer:
            return answer.read().decode()
    except (OSError, ValueError):
        return ""
