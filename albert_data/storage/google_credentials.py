"""Credentials for Google Cloud, found within seconds or told to be missing.

Google's libraries look for a key (GOOGLE_APPLICATION_CREDENTIALS), for what `gcloud auth
application-default login` left, and at last ask the metadata server that machines of Google's have.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from albert_data.base import contact
from albert_data.base.errors import ConfigError, NetworkError

METADATA_SECONDS = 4.0  # on Google's machines their metadata server answers in milliseconds
LOG_IN = (
    "log in with `gcloud auth application-default login`, or name a key in "
    "GOOGLE_APPLICATION_CREDENTIALS"
)


def account_found(scopes: Sequence[str]) -> bool:
    """Whether there are credentials for Google Cloud: a key, gcloud's, or those of a machine of Google's.

    Looked for once, within seconds; Beam would ask a metadata server that is not there five times over.

    Raises:
        ConfigError: there are some that cannot be read.
    """
    import google.auth
    from google.auth.exceptions import DefaultCredentialsError

    try:
        host = os.environ.get("GCE_METADATA_HOST") or "the metadata server"
        contact.answered(
            lambda: google.auth.default(scopes=scopes),
            host,
            "gs://",
            "GCE_METADATA_HOST names it",
            min(METADATA_SECONDS, contact.patience()),
        )
    except NetworkError:
        return False
    except DefaultCredentialsError as error:
        if given := os.environ.get("GOOGLE_APPLICATION_CREDENTIALS"):
            problem = f"no credentials: {str(error).split(chr(10))[0]}"
            where = f"GOOGLE_APPLICATION_CREDENTIALS={given}"
            raise ConfigError(problem, where=where, fix=LOG_IN) from None
        return False
    return True


def refreshed(credentials: Any) -> str:
    """Has a token made for Google's credentials; returns the account's name.

    Raises:
        NetworkError: no answer from who gives tokens, or none is given.
    """
    from google.auth.exceptions import RefreshError
    from google.auth.transport.requests import Request

    address = getattr(credentials, "_token_uri", None) or getattr(credentials, "_token_url", None)
    host = str(address).partition("://")[2].partition("/")[0] if address else "the metadata server"
    account = getattr(credentials, "service_account_email", None) or "your Google account"
    seconds = contact.patience()

    def bounded(**arguments: Any) -> Any:
        return Request()(**{**arguments, "timeout": seconds})

    try:
        contact.answered(
            lambda: credentials.refresh(bounded), host, "gs://", "the credentials name it"
        )
    except RefreshError as error:
        problem = f"no token for {account}: {str(error.args[0] if error.args else error)}"
        raise NetworkError(problem, where="gs://", fix=LOG_IN) from None
    name = getattr(credentials, "service_account_email", None)
    return str(name) if name and name != "default" else str(account)
