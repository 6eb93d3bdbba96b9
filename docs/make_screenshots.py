"""Make the pictures of the README: ``python docs/make_screenshots.py``.

Needs Chromium, and what the tests need (``pip install -e .[test]``).
"""

import sys
import tempfile
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
from PIL import Image

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS.parent / "tests" / "browser"))

import lab  # noqa: E402

import dupviz as dv  # noqa: E402
from dupviz import plots  # noqa: E402

NOTEBOOKS = {
    "tensor_explorer": ("01_images_as_tensors.ipynb", "Restore the picture"),
    "pair_explorer": ("02_measuring_difference.ipynb", "Turn B by 90°"),
}


def main():
    """Write every picture into this folder."""
    figures()
    for theme in ("Light", "Dark"):
        with (
            tempfile.TemporaryDirectory() as folder,
            lab.jupyter_lab(Path(folder), theme=f"JupyterLab {theme}") as address,
            lab.chromium() as browser,
        ):
            for name, (notebook, button) in NOTEBOOKS.items():
                page = browser.new_page(viewport={"width": 1280, "height": 1400})
                lab.open_notebook(page, address, notebook)
                explorer = page.locator(".jp-OutputArea-output").filter(has=page.get_by_role("button", name=button))
                if name == "pair_explorer":
                    page.get_by_role("button", name=button).click()
                page.wait_for_timeout(500)
                save(DOCS / f"{name}_{theme.lower()}.png", explorer.screenshot)
                page.evaluate("document.querySelector('.jp-WindowedPanel-outer').scrollTop = 0")
                page.wait_for_timeout(500)
                save(DOCS / f"{name.split('_')[0]}_notebook_{theme.lower()}.png", page.screenshot)
                page.close()


def figures():
    """The figures of dupviz.plots on the bundled sample."""
    mpl.use("agg")
    duplicates = dv.find_duplicates(DOCS.parent / "data" / "photos", max_mse=3 * 255**2 + 1, progress=False)
    tensors = {
        Path(path).name: tensor for path, tensor in zip(duplicates.images.files["path"], duplicates.images.tensors)
    }
    cat, message = tensors["cat.jpg"], tensors["cat_message.jpg"]
    for name, axes in {
        "tensor": plots.plot_tensor(cat),
        "rotations": plots.plot_rotations(cat, message)[0],
        "pair": plots.plot_pair(cat, message, names=("cat.jpg", "cat_message.jpg"))[0],
        "histogram": plots.plot_mse_histogram(duplicates.pairs["mse"]),
        "gallery": plots.plot_gallery(duplicates, groups_per_page=4),
        "threshold_curve": plots.plot_threshold_curve(duplicates)[0],
    }.items():
        save(DOCS / f"{name}.png", lambda path, figure=axes.figure: figure.savefig(path, dpi=100))
        plt.close(axes.figure)


def save(path, write):
    """Write a picture as small as PNG can make it without a loss."""
    write(path=path)
    Image.open(path).convert("RGB").save(path, optimize=True)


if __name__ == "__main__":
    main()
