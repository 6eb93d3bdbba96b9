"""The recipes of the documentation that other programs' data pass through: they run, and do what they say."""

import re
from pathlib import Path
from types import SimpleNamespace

from dupviz import find_duplicates

ROOT = Path(__file__).parents[1]


class Dataset:
    """As much of a data set of FiftyOne as the recipe asks for."""

    def __init__(self, paths):
        self.samples = [SimpleNamespace(filepath=path, tags=["old"]) for path in paths]

    def iter_samples(self, autosave):
        assert autosave
        return iter(self.samples)


def test_tags_for_fiftyone_and_a_coco_file_without_what_can_go():
    page = (ROOT / "docs" / "site" / "how_to" / "data_sets.md").read_text(encoding="utf-8")
    tags, coco_file = re.findall(r"(?s)```python\n(.*?)```", page.split("## Tags for FiftyOne")[1])[:2]
    found = find_duplicates(ROOT / "data" / "photos", progress=False)
    paths = found.images.files["path"].tolist()
    going = set(found.to_remove["path"])

    dataset = Dataset(paths)
    exec(tags, {"found": found, "fiftyone_dataset": dataset})
    tagged = {sample.filepath for sample in dataset.samples if "dupviz_remove" in sample.tags}
    assert tagged == going
    assert all(sample.tags[0] == "old" for sample in dataset.samples)

    names = [path.rsplit("/", 1)[-1] for path in paths]
    assert len(set(names)) == len(names)
    coco = {
        "images": [{"id": number, "file_name": name} for number, name in enumerate(names)],
        "annotations": [{"id": 100 + number, "image_id": number} for number in range(len(names))],
    }
    exec(coco_file, {"found": found, "coco": coco})
    left = [number for number, path in enumerate(paths) if path not in going]
    assert [image["id"] for image in coco["images"]] == left
    assert [each["image_id"] for each in coco["annotations"]] == left
