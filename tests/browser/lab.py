"""A JupyterLab of its own, with notebooks copied into a folder of its own, and a page of Chromium that works in it."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[2]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "notebook-extension/tracker": {"windowingMode": "none"},  # every output is in the page, also those far below
}
PROMPTS = "[...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map((prompt) => prompt.innerText)"


@contextlib.contextmanager
def jupyter_lab(folder, *, theme="JupyterLab Light"):
    """Start a JupyterLab whose files and settings are in `folder`; yield its address."""
    home, work = folder / "home", folder / "work"
    shutil.copytree(ROOT / "notebooks", work / "notebooks", ignore=shutil.ignore_patterns(".*"))
    shutil.copytree(ROOT / "data", work / "data")
    for name, values in {**SETTINGS, "apputils-extension/themes": {"theme": theme}}.items():
        file = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
    places = {
        "HOME": "",
        "IPYTHONDIR": "ipython",
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    }
    port = _free_port()
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser"]
    command += [f"--port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token=", f"--notebook-dir={work}"]
    log = folder / "lab.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            command,
            env=os.environ | {name: str(home / place) for name, place in places.items()},
            stdout=output,
            stderr=output,
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/api", server, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()  # shuts its kernels down
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                server.kill()


@contextlib.contextmanager
def chromium():
    """Start Chromium; yield the browser of Playwright."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def open_notebook(page, address, name):
    """Open a notebook of the folder and run all of its cells; none may fail or warn, and each exercise gives a hint."""
    page.goto(f"{address}/lab/tree/notebooks/{name}?reset", wait_until="commit")
    page.wait_for_selector(".jp-NotebookPanel .jp-CodeCell")
    page.wait_for_function("jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'")
    page.evaluate("void jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for_function(f"{PROMPTS}.every((prompt) => /\\d/.test(prompt))", timeout=180_000)
    for kind in ("error", "stderr"):
        outputs = page.locator(f"[data-mime-type='application/vnd.jupyter.{kind}']").all_inner_texts()
        assert not outputs, outputs
    assert page.locator(".jp-RenderedImage").count() == 0, "a figure without a text for those who do not see it"
    notebook = ROOT / "notebooks" / name
    if notebook.exists():
        exercises = notebook.read_text(encoding="utf-8").count('"exercise"')
        hints = page.locator(".jp-OutputArea-output", has_text="✗ Not yet").count()
        assert hints == exercises, f"{hints} hints for {exercises} exercises that wait for an answer"


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(address, server, log):
    for _ in range(300):
        with contextlib.suppress(OSError), urllib.request.urlopen(address):
            return
        if server.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start: {log.read_text()[-2000:]}")
