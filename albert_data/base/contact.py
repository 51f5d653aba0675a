"""Whether a machine elsewhere answers at all: said within ten seconds, with its name.

Clients of object stores, hubs and job servers wait for minutes and try again by themselves. That is right
for a job under way, and wrong where a name is misspelt or the network is cut off. So the first request of a
process to each host goes through `answered`; afterwards the client's own patience holds. The request runs
beside this thread, since the look-up of a name (DNS) obeys no client's timeout.
"""

from __future__ import annotations

import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from albert_data.base.errors import ConfigError, NetworkError

SETTING = "ALBERT_DATA_CONNECT_SECONDS"
USUAL_SECONDS = 10.0
AGAIN_SECONDS = 0.5  # after a connection that was refused: a server may be starting
_PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
_Answer = TypeVar("_Answer")


def patience() -> float:
    """Seconds in which a host must have answered for the first time.

    Raises:
        ConfigError: the setting is no number of seconds.
    """
    given = os.environ.get(SETTING, str(USUAL_SECONDS))
    try:
        seconds = float(given)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        fix = f"write {SETTING}={USUAL_SECONDS:g}"
        raise ConfigError(f"not a number of seconds: {given!r}", where=SETTING, fix=fix)
    return seconds


def answered(
    request: Callable[[], _Answer],
    host: str,
    where: str,
    setting: str,
    seconds: float | None = None,
) -> _Answer:
    """What a request to `host` gives, or raises where the host did answer.

    Args:
        request: repeated where the connection is refused, until the time is up.
        host: that it goes to, and `setting`, what else than a default names it.
        where: what is wanted there.
        seconds: to wait; `patience()` where None.

    Raises:
        NetworkError: no answer; says the reason that is known.
    """
    seconds = patience() if seconds is None else seconds
    end = time.monotonic() + seconds
    while True:
        outcome = _Outcome(request)
        thread = threading.Thread(target=outcome.fetch, name=f"first contact: {host}", daemon=True)
        thread.start()
        thread.join(max(end - time.monotonic(), 0.01))
        if not outcome.known:
            raise unreachable(host, where, setting, TimeoutError(), seconds)
        if outcome.error is None:
            return outcome.answer  # type: ignore[no-any-return]  # what the request gave
        if not is_of_the_network(outcome.error):
            raise outcome.error
        for cause in _causes(outcome.error):
            cause.__traceback__ = None  # whose frames keep sockets open
        if not _is_refused(outcome.error) or time.monotonic() + AGAIN_SECONDS > end:
            raise unreachable(host, where, setting, outcome.error, seconds) from None
        time.sleep(AGAIN_SECONDS)


class _Outcome:
    """What becomes of a request in a thread of its own."""

    def __init__(self, request: Callable[[], Any]) -> None:
        self._request = request
        self.answer: Any = None
        self.error: BaseException | None = None
        self.known = False

    def fetch(self) -> None:
        try:
            self.answer = self._request()
        except BaseException as error:
            self.error = error
        self.known = True


def unreachable(
    host: str, where: str, setting: str, error: BaseException, seconds: float | None = None
) -> NetworkError:
    """The one message of a host that does not answer.

    Args:
        error: that its client raised.
        seconds: how long it was tried; None where a client tried by its own patience.
    """
    tried = f" within {seconds:g} s ({SETTING})" if seconds else ", however often it was asked"
    chain = list(_causes(error))
    problem, first = f"no answer from {host}{tried}", ""
    if _has(chain, socket.gaierror, "NameResolution", "gaierror", "Name or service not known"):
        problem = f"no machine is known here by the name {host}"
        first = "check the name and this machine's DNS; "
    elif _has(chain, ssl.SSLError, "SSLError", "CERTIFICATE_VERIFY"):
        problem = f"{host} answers with a certificate that is not trusted here"
        first = "is there a proxy in between? name its certificates: REQUESTS_CA_BUNDLE, AWS_CA_BUNDLE; "
    elif _has(chain, None, "OfflineMode"):
        return NetworkError(
            f"{host} is not asked: HF_HUB_OFFLINE is set", where=where, fix="unset it"
        )
    elif _is_refused(error):
        problem = f"{host} refuses connections"
        first = "check that it runs and the port; "
    elif _has(chain, None, "unreachable", "No route to host"):
        problem = f"this machine has no way to {host}"
    fix = f"{first}check the network of this machine (route, firewall; {_proxy()}); {setting}"
    return NetworkError(problem, where=where, fix=fix)


def is_of_the_network(error: BaseException) -> bool:
    """Whether an error says that no answer came, and not what the answer was.

    By the names of its class and those below it: each client has classes of its own, and few a common base.
    """
    names = (
        "Timeout", "ConnectError", "ConnectionError", "EndpointConnection", "NewConnection", "NameResolution",
        "ProxyError", "SSLError", "TransportError", "NetworkError", "ServerNotFound", "ConnectionClosed",
        "RemoteDisconnected", "LocalEntryNotFound",
    )  # fmt: skip
    kinds = (TimeoutError, ConnectionError, socket.gaierror, ssl.SSLError)
    return any(
        isinstance(cause, kinds) or any(name in type(cause).__name__ for name in names)
        for cause in _causes(error)
    )


def _is_refused(error: BaseException) -> bool:
    return _has(list(_causes(error)), ConnectionRefusedError, "refused", "Connection reset")


def _has(chain: list[BaseException], kind: type[BaseException] | None, *words: str) -> bool:
    """Whether one of these errors is of a kind, or says one of these words."""
    texts = [f"{type(cause).__name__} {cause}" for cause in chain]
    return any(kind and isinstance(cause, kind) for cause in chain) or any(
        word in text for text in texts for word in words
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and those that clients wrapped in it, outermost first."""
    seen: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        cause = waiting.pop(0)
        if isinstance(cause, BaseException) and not any(cause is known for known in seen):
            seen.append(cause)
            yield cause
            inner = (
                cause.__cause__,
                cause.__context__,
                getattr(cause, "reason", None),
                *cause.args,
            )
            waiting += inner


def _proxy() -> str:
    given = next((name for name in _PROXIES if os.environ.get(name)), "")
    return f"the proxy of {given}" if given else "no proxy is set, HTTPS_PROXY names one"
