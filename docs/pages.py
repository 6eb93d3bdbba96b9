"""For the kernels that run the notebooks of the documentation: explorers are shown as pages, which need no kernel."""

import hashlib
import os
from html import escape
from pathlib import Path

from IPython import get_ipython

import dupviz as dv

HEIGHT = 720  # pixels, until the page says how high it is


def frame_of(explorer):
    """Write the page of an explorer; return the frame that shows it."""
    folder = Path(os.environ["DUPVIZ_PAGES"])
    folder.mkdir(parents=True, exist_ok=True)
    page = explorer.page()
    made = folder / "new.html"
    dv.to_page(explorer, made)
    name = hashlib.sha256(made.read_bytes()).hexdigest()[:16]
    made.replace(folder / f"{name}.html")
    return (
        f'<iframe class="explorer" src="../_static/pages/{name}.html" title="{escape(page.title)}" height="{HEIGHT}" '
        'loading="lazy"></iframe>'
    )


html = get_ipython().display_formatter.formatters["text/html"]
for kind in (dv.widgets.TensorExplorer, dv.widgets.PairExplorer, dv.widgets.ThresholdExplorer):
    html.for_type(kind, frame_of)
