"""``dupviz review`` in the launcher of JupyterLab and on JupyterHub, by jupyter-server-proxy."""

import secrets
import sys
from pathlib import Path
from typing import Any

from dupviz.app.entrance import SECRET_HEADER, SECRET_VARIABLE

__all__ = ["serve_in_jupyter"]


def serve_in_jupyter() -> dict[str, Any]:
    """How jupyter-server-proxy starts the server and reaches it: the entry point of ``jupyter_serverproxy_servers``.

    Jupyter has made sure who its user is, and puts a secret in each request. The secret goes to the server in its
    environment: on a machine of many users, no other can read it, or use the server's port without it.

    Returns
    -------
    dict
        The options of a server process in jupyter-server-proxy 4 [1]_.

    References
    ----------
    .. [1] https://jupyter-server-proxy.readthedocs.io/en/latest/server-process.html

    Examples
    --------
    >>> serve_in_jupyter()["launcher_entry"]["title"]
    'dupviz review'
    """
    secret = secrets.token_urlsafe(32)
    return {
        "command": [sys.executable, "-m", "dupviz", "review", "--no-browser", "--port", "{port}"],
        "environment": {SECRET_VARIABLE: secret},
        "request_headers_override": {SECRET_HEADER: secret},
        "timeout": 60.0,  # seconds for the start: the default of 5 is too short on a busy machine
        "new_browser_tab": True,  # the page lets no other show it in a frame
        "launcher_entry": {"title": "dupviz review", "icon_path": str(Path(__file__).with_name("icon.svg"))},
    }
