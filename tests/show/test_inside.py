"""What is no file on the disk is shown, too: in a report, in a gallery, and beside another."""

import io
import zipfile

from PIL import Image

from dupviz import find_duplicates
from dupviz.widgets.files import file_jpeg
from dupviz.widgets.gallery.gallery import Gallery


def test_pictures_in_an_archive_are_shown(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        for name in ("a.jpg", "b.jpg"):
            file.write("data/photos/coffee.jpg", name)
    found = find_duplicates(tmp_path / "a.zip", cache=False, progress=False)
    assert len(found.to_remove) == 1
    path = found.images.files["path"][0]
    whole = Image.open(io.BytesIO(file_jpeg(path, 300)))
    part = Image.open(io.BytesIO(file_jpeg(path, 300, box=(0, 0, 0.5, 0.5))))
    assert max(whole.size) == max(part.size) == 300
    found.to_html(tmp_path / "report.html")
    assert (tmp_path / "report.html").stat().st_size > 10_000
    states = [
        file["state"] for group in Gallery(found, file=tmp_path / "d.jsonl").state["groups"] for file in group["files"]
    ]
    assert set(states) == {""}
