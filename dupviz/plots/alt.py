"""What a figure shows, in words, for those who do not see it."""

from base64 import b64encode
from collections.abc import Iterator
from functools import partial
from html import escape

from matplotlib.figure import Figure

__all__ = ["describe"]

FORMATS = "image/svg+xml", "image/png", "image/jpeg"  # of those that Jupyter was told to draw, the best comes first


def describe(figure: Figure, headline: str) -> None:
    """Give a figure a text for those who do not see it: a headline, and what is written in the figure when it is shown.

    JupyterLab takes such a text from HTML alone: there the figure is an ``<img>`` with the text as its ``alt``.

    Parameters
    ----------
    figure : Figure
        Of matplotlib; any, not only those of dupviz.
    headline : str
        What is drawn.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> figure, ax = plt.subplots()
    >>> bars = ax.bar(["kept", "gone"], [23, 30])
    >>> dv.plots.describe(figure, "How many files stay, and how many can go")
    >>> hasattr(figure, "_ipython_display_")  # by which Jupyter shows it
    True
    """
    figure.__dict__["_ipython_display_"] = partial(_display, figure, headline)


def _display(figure: Figure, headline: str) -> None:
    """Show a figure as Jupyter draws it, each format with the text, and the best of them as HTML too."""
    from IPython.core.getipython import get_ipython
    from IPython.display import display

    shell = get_ipython()
    formatters = shell.display_formatter.formatters if shell and shell.display_formatter else {}
    drawn = {kind: formatters[kind](figure) for kind in FORMATS if kind in formatters}
    parts = {kind: part if isinstance(part, tuple) else (part, {}) for kind, part in drawn.items() if part is not None}
    if not parts:
        raise NotImplementedError  # a terminal, which shows its repr
    alt = ": ".join(filter(None, [headline, "; ".join(_written(figure))]))
    data = {kind: picture for kind, (picture, _) in parts.items()}
    metadata = {kind: {**size, "alt": alt} for kind, (_, size) in parts.items()}
    kind, picture = next(iter(data.items()))
    coded = b64encode(picture.encode()).decode() if kind == "image/svg+xml" else picture
    attributes = " ".join(f'{name}="{escape(str(value))}"' for name, value in metadata[kind].items())
    html = f'<img src="data:{kind};base64,{coded}" {attributes} style="max-width: 100%; height: auto">'
    display({**data, "text/html": html, "text/plain": repr(figure)}, metadata=metadata, raw=True)


def _written(figure: Figure) -> Iterator[str]:
    """What is written in a figure, but for bare numbers on pictures: those of pixels are too many to be heard."""
    for ax in figure.axes:
        legend = ax.get_legend()
        texts = [text.get_text() for text in (*ax.texts, *(legend.get_texts() if legend else ()))]
        titles = [ax.get_title(loc=where) for where in ("left", "center", "right")]
        for text in (*titles, *texts, ax.get_xlabel(), ax.get_ylabel()):
            if any(map(str.isalpha, text)) or (text.strip() and not ax.images):
                yield " ".join(text.split())
