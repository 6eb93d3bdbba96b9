"""JupyterLab finds `dupviz review` in its launcher, and reaches it, through jupyter-server-proxy."""

import http.client
import importlib.util
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from serving import Running, talk

from dupviz.app.entrance import SECRET_HEADER, SECRET_VARIABLE
from dupviz.app.jupyter import serve_in_jupyter

ROOT = Path(__file__).parents[2]
GROUP = "jupyter_serverproxy_servers"


def entry_points():
    with (ROOT / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)["project"]["entry-points"][GROUP]


def test_its_entry_point_is_that_function():
    [(name, value)] = entry_points().items()
    assert EntryPoint(name, value, GROUP).load() is serve_in_jupyter
    assert name == "dupviz"  # and the path below Jupyter


def test_each_start_has_a_secret_of_its_own_for_the_server_and_for_the_requests():
    one, other = serve_in_jupyter(), serve_in_jupyter()
    given = one["environment"][SECRET_VARIABLE]
    assert given == one["request_headers_override"][SECRET_HEADER]
    assert given != other["environment"][SECRET_VARIABLE]
    assert len(given) >= len(secrets.token_urlsafe(32))
    assert not any(given in part for part in one["command"])
    assert "{" not in given  # what stands in braces is filled in
    assert Path(one["launcher_entry"]["icon_path"]).read_text().startswith("<svg")


def test_its_command_is_one(tmp_path):
    """As jupyter-server-proxy starts it, and knows that it has started: by any answer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = serve_in_jupyter()
    command = [part.format(port=port) for part in process["command"]]
    environment = {**os.environ, **process["environment"], "DUPVIZ_DATA_DIR": str(tmp_path)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as started:
        try:
            assert wait_for("127.0.0.1", port, "/") == 403
            assert wait_for("127.0.0.1", port, "/", process["request_headers_override"]) == 200
        finally:
            started.terminate()


@pytest.fixture
def jupyter(tmp_path):
    """A Jupyter server with jupyter-server-proxy, to which dupviz is installed; yields its port and token."""
    installed = tmp_path / "site" / "dupviz_here-1.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: dupviz-here\nVersion: 1\n")
    lines = [f"{name} = {value}" for name, value in entry_points().items()]
    (installed / "entry_points.txt").write_text("\n".join([f"[{GROUP}]", *lines]))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(16)
    command = [sys.executable, "-m", "jupyter_server", f"--port={port}", "--no-browser", "--allow-root"]
    command += [f"--IdentityProvider.token={token}", "--ServerApp.base_url=/user/ann/", "--ServerApp.port_retries=0"]
    command += ["--ServerApp.jpserver_extensions={'jupyter_server_proxy': True}"]
    places = {f"JUPYTER_{name}_DIR": str(tmp_path / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    path = os.pathsep.join([str(tmp_path / "site"), str(ROOT), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, **places, "PYTHONPATH": path, "HOME": str(tmp_path), "DUPVIZ_DATA_DIR": str(tmp_path)}
    with subprocess.Popen(command, env=environment, cwd=tmp_path) as server:
        try:
            wait_for("127.0.0.1", port, "/user/ann/api")
            yield port, {"Authorization": f"token {token}"}
        finally:
            server.terminate()


class Behind(Running):
    """What is said to the server through Jupyter, in place of one in a thread."""

    def __init__(self, port):
        self.port, self.path = port, "/user/ann/dupviz/"


@pytest.mark.skipif(importlib.util.find_spec("jupyter_server_proxy") is None, reason="needs jupyter-server-proxy")
def test_through_jupyter_who_is_known_there_gets_in_and_nobody_else(jupyter, photos):
    port, known = jupyter
    behind = Behind(port)
    assert behind.get("/user/ann/dupviz/")[0] in (302, 403)
    status, _, listed = behind.get("/user/ann/server-proxy/servers-info", **known)
    assert status == 200
    assert [each["name"] for each in json.loads(listed)["server_processes"]] == ["dupviz"]
    assert known["Authorization"] not in listed
    status, _, page = behind.get("/user/ann/dupviz/", **known)
    assert status == 200
    assert 'src="app/app.js"' in page
    assert behind.get("/user/ann/dupviz/app/app.js", **known)[0] == 200
    opened = {"do": "open", "path": str(photos)}
    origin = {"Origin": f"http://127.0.0.1:{port}"}
    _, *said = talk(
        behind, "", opened, {"do": "thumbnails", "files": [[0, 0, False]]}, {"do": "close"}, **known, **origin
    )
    states = [part["state"]["phase"] for part in said if isinstance(part, dict) and "state" in part]
    assert states == ["busy", "gallery", "gallery", "closed"]
    assert any(isinstance(part, bytes) for part in said)
    assert talk(behind, "", **known, **origin)[0]["state"]["phase"] == "start"  # and not gone


def wait_for(host, port, path, headers=None):
    """The status of the first answer."""
    for _ in range(600):
        connection = http.client.HTTPConnection(host, port, timeout=60)
        try:
            connection.request("GET", path, headers=headers or {})
            return connection.getresponse().status
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise AssertionError("no answer")
