"""Types of arrays with their shapes, such as `Int64[np.ndarray, "N 4"]`: N rows of four.

The notation is jaxtyping's. Sizes are names or numbers; one name is one size in all arguments, results
and fields of a function or tuple. A single name is written with a blank before it (`" N"`), which
tells linters that it is no forward reference; `*` before a name is any number of axes.

Here they are `Annotated`: a note to people and type checkers, which costs nothing and needs no library.
`tests/checked_shapes.py` puts jaxtyping's types in their place, so that tests refuse another shape or
dtype.
"""

from __future__ import annotations

from typing import Annotated as Bool
from typing import Annotated as Float  # of any width
from typing import Annotated as Float32
from typing import Annotated as Float64
from typing import Annotated as Int32
from typing import Annotated as Int64
from typing import Annotated as Integer  # of any width
from typing import Annotated as Shaped  # of any dtype
from typing import Annotated as UInt8
from typing import Annotated as UInt16
from typing import Annotated as UInt32
from typing import Annotated as UInt64

__all__ = [
    "Bool", "Float", "Float32", "Float64", "Int32", "Int64", "Integer", "Shaped",
    "UInt8", "UInt16", "UInt32", "UInt64",
]  # fmt: skip
