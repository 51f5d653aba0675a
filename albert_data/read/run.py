"""Batches of a run: the same sets of records for any number of hosts, processes and threads.

Batch k has places [k B, (k + 1) B) of the run, and host h of n its rows [h B / n, (h + 1) B / n). What
stands at a place is for the subclass to say: the records of one shard set, or of several in turn.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import count as count_from
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from albert_data.base.arrays import Int64
from albert_data.base.errors import ConfigError
from albert_data.read.decode import Rows
from albert_data.read.memory import Memory
from albert_data.read.names import NAMES, Names
from albert_data.read.record_set import Arrays, RecordSet

OnDamage: TypeAlias = Literal["error", "skip"]
_THREADS, _REMOTE_THREADS = 2, 16
_FREE = 4  # batches whose memory is kept for the next ones
_LONGEST_SEARCH = 1000  # places, for an intact record in place of a damaged one


class Places(NamedTuple):
    """What stands at R places of a run: which record of which set, and in which epoch of that set."""

    sets: Int64[np.ndarray, " R"]
    numbers: Int64[np.ndarray, " R"]
    epochs: Int64[np.ndarray, " R"]


@dataclass(frozen=True)
class Share:
    """Whose rows of which batches, and how they are wanted; arguments as of `Run.batches`."""

    batch_size: int
    seed: int = 0
    host: int = 0
    hosts: int = 1
    on_damage: OnDamage = "error"
    names: Names = "shards"

    def __post_init__(self) -> None:
        """Raises ConfigError for what cannot be."""
        hosts = max(self.hosts, 1)
        faults = {
            "batch_size": (self.batch_size < 1, "give 1 or more"),
            "hosts": (self.hosts < 1 or self.batch_size % hosts, "give a divisor of batch_size"),
            "host": (not 0 <= self.host < hosts, "give a number from 0 to below hosts"),
            "seed": (not 0 <= self.seed < 2**63, "give a number from 0 to below 2^63"),
            "on_damage": (self.on_damage not in ("error", "skip"), "give 'error' or 'skip'"),
            "names": (self.names not in NAMES, f"give one of {', '.join(map(repr, NAMES))}"),
        }
        for name, (wrong, fix) in faults.items():
            if wrong:
                raise ConfigError(f"cannot be {getattr(self, name)!r}", where=name, fix=fix)

    def rows(self, first: int, end: int | None = None) -> tuple[int, int]:
        """First place and number of this host's rows of the batch from place `first` on.

        Args:
            end: of the run: what is left there is shared out as evenly as it can be.
        """
        rows = self.batch_size if end is None else max(0, min(self.batch_size, end - first))
        begin = rows * self.host // self.hosts
        return first + begin, rows * (self.host + 1) // self.hosts - begin


class Run(ABC):
    """An endless run over records; safe for threads, and to be sent to other processes.

    Attributes:
        sets: that the records are of; of one mode of masking and the same lengths.
        max_length, max_predictions: S and P, of every record.
    """

    sets: tuple[RecordSet, ...]

    @abstractmethod
    def __len__(self) -> int:
        """Places of an epoch."""

    @abstractmethod
    def places(self, first: int, count: int, seed: int) -> Places:
        """What stands at places [first, first + count) of the run with this seed."""

    @property
    def max_length(self) -> int:
        return self.sets[0].max_length

    @property
    def max_predictions(self) -> int:
        return self.sets[0].max_predictions

    @property
    def dynamic(self) -> bool:
        """Whether the records are not masked."""
        return self.sets[0].dynamic

    @property
    def damaged(self) -> dict[tuple[str, int], str]:
        """(path of a shard, record in it) → what is wrong, of those that `on_damage="skip"` passed over."""
        return {place: fault for records in self.sets for place, fault in records.damaged.items()}

    def batches(
        self,
        batch_size: int,
        *,
        seed: int = 0,
        host: int = 0,
        hosts: int = 1,
        consumed: int = 0,
        epochs: int | None = None,
        names: Names = "shards",
        on_damage: OnDamage = "error",
        threads: int | None = None,
        ahead: int | None = None,
        every: int = 1,
    ) -> Iterator[Arrays]:
        """This host's rows of batch after batch; endless, unless `epochs` is given.

        Args:
            batch_size: B, of all hosts together.
            seed: of the order.
            host, hosts: this host's number, and how many there are: a divisor of B.
            consumed: examples that all hosts together have consumed, at which to go on.
            epochs: after how many passes, counted from the beginning of the run, to end. The last batch
                may be shorter, and is shared out among the hosts as evenly as it can be.
            names: of features, `shards` or `huggingface` (`names.py`).
            on_damage: `error`, or `skip`: the next intact record of the run stands in for a damaged one,
                whatever the number of hosts, and `damaged` lists these.
            threads: that decode; 0: none but the caller's. By default 2, and 16 of shards in an object
                store, where each waits for a request.
            ahead: batches decoded before they are asked for; by default twice the threads.
            every: give every so-manieth batch only, the first one at `consumed`: for worker processes.

        Yields: dict of arrays of R = B / hosts rows: int32 [R, S] `input_ids`, `input_mask`,
            `segment_ids`; int32 [R, P] `masked_lm_positions`, `masked_lm_ids`; float32 [R, P]
            `masked_lm_weights`; int32 [R, 1] `next_sentence_labels`.

        Raises:
            ConfigError: an argument cannot be used.
            DataError: a shard or record is damaged.
        """
        share = Share(batch_size, seed, host, hosts, on_damage, names)
        if consumed < 0:
            fix = "give the examples that all hosts together have consumed"
            raise ConfigError(f"cannot be {consumed}", where="consumed", fix=fix)
        step = batch_size * every
        firsts: Iterable[int] = count_from(consumed, step)
        end = None if epochs is None else epochs * len(self)
        if end is not None:
            firsts = range(consumed, end, step)
        read = partial(self._batch, share, end, memory=Memory(_FREE))
        return in_threads(read, firsts, self.threads(threads), ahead)

    def threads(self, given: int | None) -> int:
        """How many threads decode, where this many are asked for."""
        if given is not None:
            return given
        return _REMOTE_THREADS if any(records.remote for records in self.sets) else _THREADS

    def specimen(self, names: Names = "shards") -> Arrays:
        """A batch of one row, which tells shapes and types."""
        return self.batch(0, Share(1, on_damage="skip", names=names))

    def batch(self, number: int, share: Share) -> Arrays:
        """This host's rows of one batch of the run."""
        return self._batch(share, None, number * share.batch_size)

    def _batch(
        self, share: Share, end: int | None, first: int, memory: Memory | None = None
    ) -> Arrays:
        first, count = share.rows(first, end)
        places = self.places(first, count, share.seed)
        rows = Rows(self.sets[0].columns, count, memory)
        for number, records in enumerate(self.sets):
            at = np.flatnonzero(places.sets == number)
            records.fill(rows, at, places.numbers[at])
        for row in np.flatnonzero(rows.faults).tolist():
            self._mend(rows, row, places, first + row, share)
        return NAMES[share.names](self._masked(rows.arrays(), places))

    def _mend(self, rows: Rows, row: int, places: Places, place: int, share: Share) -> None:
        """Puts the next intact record of the run into the row of a damaged one, which is noted."""
        for following in range(place + 1, place + 1 + _LONGEST_SEARCH):
            records, number = self.sets[places.sets[row]], int(places.numbers[row])
            if share.on_damage == "error" or following == place + _LONGEST_SEARCH:
                raise records.failure(number, int(rows.faults[row]))
            records.note(number, int(rows.faults[row]))
            for values, new in zip(places, self.places(following, 1, share.seed), strict=True):
                values[row] = new[0]
            self.sets[places.sets[row]].fill(rows, np.array([row]), places.numbers[row : row + 1])
            if not rows.faults[row]:
                return

    def _masked(self, arrays: Arrays, places: Places) -> Arrays:
        if not self.dynamic:
            return arrays
        if len(self.sets) == 1:
            return self.sets[0].mask(arrays, places.epochs)
        whole: Arrays = {}
        for number, records in enumerate(self.sets):
            at = np.flatnonzero(places.sets == number)
            part = {name: values[at] for name, values in arrays.items()}
            for name, values in records.mask(part, places.epochs[at]).items():
                shape = (len(places.sets), *values.shape[1:])
                whole.setdefault(name, np.empty(shape, values.dtype))[at] = values
        return whole


def in_threads(
    read: Callable[[int], Arrays], firsts: Iterable[int], threads: int, ahead: int | None
) -> Iterator[Arrays]:
    """What `read` makes of each place, in order, some of them ahead of who asks."""
    if not threads:
        yield from map(read, firsts)
        return
    ahead = 2 * threads if ahead is None else ahead
    waiting: deque[Future[Arrays]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="albert-data-read") as pool:
        try:
            for first in firsts:
                waiting.append(pool.submit(read, first))
                if len(waiting) > ahead:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
