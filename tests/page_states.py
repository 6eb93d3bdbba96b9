"""Writes what Python sends to the pages, and the schemas of all messages, for the tests of the JavaScript."""

import json
import os
import shutil
import tempfile
from pathlib import Path

from explorer_states import computed
from made_up import write_icons
from PIL import Image
from schemas import of_messages, of_type

from dupviz import find_duplicates, find_leaks, load_images
from dupviz.app.entrance import Entrance
from dupviz.app.place import Place, listening
from dupviz.app.server import ReviewServer
from dupviz.review.labels import Labels
from dupviz.widgets import SplitGallery
from dupviz.widgets.gallery.gallery import Gallery
from dupviz.widgets.gallery.states import Answer, GalleryState, ServerState, SplitState

PHOTOS = Path(__file__).parents[1] / "data" / "photos"
# Two that can go, of which one is turned, and one to review; then two groups more.
NAMES = ["astronaut.jpg", "portrait", "astronaut_small.webp", "astronaut_grey.jpg", "coffee.jpg", "coffee_small.jpg"]
NAMES += ["cat.jpg", "cat.png"]
WRITTEN = Path(__file__).parent / "js" / "states.json"
OPTIONS = {"progress": False, "cache": False}


def main(folder):
    """Write them, from copies in a folder."""
    for part in ("train", "test"):
        (folder / part).mkdir()
        for name in NAMES:
            shutil.copy(PHOTOS / name, folder / part)
    (folder / "train" / "album").mkdir()
    with Image.open(PHOTOS / "coffee.jpg") as photo:
        photo.rotate(90, expand=True).save(folder / "train" / "album" / "turned.jpg")
    duplicates = find_duplicates(folder / "train", **OPTIONS)
    gallery = Gallery(duplicates, file=folder / "decisions", labels=Labels(duplicates.images, folder / "labels"))
    states = [gallery.state]
    files = [file for group in gallery.state["groups"] for file in group["files"]]
    for do, values in [
        ("toggle", {"image": next(file["image"] for file in files if file["action"] == "remove")}),
        ("toggle", {"image": files[0]["image"]}),
        ("never_from", {"image": next(file["image"] for file in files if file["folder"])}),
        ("narrow", {"text": "turned", "folder": "album", "format": "JPEG", "since": "", "until": ""}),
        ("narrow", {"text": "nothing has this name", "folder": "", "format": "", "since": "", "until": ""}),
    ]:
        answer, _ = gallery.receive({"do": do, "id": 0, **values})
        assert answer == {"id": 0}, answer
        states.append(gallery.state)

    (folder / "icons").mkdir()
    write_icons(folder / "icons", 2, copies=[0])  # one group that is folded, and one with a file that is
    states.append(Gallery(find_duplicates(folder / "icons", **OPTIONS), file=folder / "of icons").state)

    images = load_images([folder / "train", folder / "test"], **OPTIONS)
    both = find_duplicates(images, verify=False, progress=False)
    parts = {"train": folder / "train", "test": folder / "test"}
    leaks = find_leaks(images, both.pairs, **parts)
    split = SplitGallery(images, leaks, **parts, file=folder / "splits")
    splits = [split.state]
    split._on_message(split, {"do": "choose", "id": 0, "row": 0, "choice": "drop from train"}, [])
    splits.append(split.state)

    with listening() as sockets:
        entrance = Entrance(Place(sockets))
    server = ReviewServer(entrance, lambda path: duplicates)
    written = {
        "schemas": {
            "gallery": of_type(GalleryState),
            "split": of_type(SplitState),
            "server": of_type(ServerState),
            "answer": of_type(Answer),
        },
        "messages": {page: of_messages(of.messages) for page, of in [("gallery", gallery), ("split", split)]}
        | {"server": of_messages({**gallery.messages, **server.messages})},
        "states": {"gallery": states, "split": splits, "server": [server.state()]},
        "computed": computed(folder),
    }
    WRITTEN.write_text(json.dumps(written, allow_nan=False), encoding="utf-8")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        os.environ["DUPVIZ_DATA_DIR"] = place
        main(Path(place))
