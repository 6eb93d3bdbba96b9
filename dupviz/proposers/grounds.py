"""Pictures with transparency, and the opaque ones that show them on black: near only on that ground."""

from concurrent.futures import Executor

import numpy as np

from dupviz._parallel import in_order
from dupviz.images.contrast import FLAT_CONTRAST, contrast
from dupviz.images.decode import decode_over
from dupviz.images.formats import DecodeError, NotAnImage
from dupviz.images.imageset import ImageSet
from dupviz.metrics import Integers
from dupviz.proposers.candidates import MOST_ALIKE, Proposals, say_crowded
from dupviz.search.sparse import search_sparsely

__all__ = ["propose_grounds"]

GROUND = "black"  # what programs put under a picture that they save as JPEG, where it is not the white of all tensors


def propose_grounds(
    images: ImageSet, rows: Integers, *, max_mse: float, symmetries: str, executor: Executor
) -> Proposals:
    """Opaque images that are near a transparent one on black.

    Parameters
    ----------
    images : ImageSet
    rows : ndarray of int64, shape (n,)
        Which of them.
    max_mse : float
        To the tensor on black.
    symmetries : {"none", "rotations", "dihedral"}
        Over which the MSE is minimised.
    executor : concurrent.futures.Executor

    Returns
    -------
    Proposals
        The transparent image is b. How far two are apart is their MSE on black.
    """
    transparent = images.files["transparent"].to_numpy(bool)[rows]
    paths = images.files["path"].to_numpy()
    opaque, tasks = rows[~transparent], [(paths[row], images.size) for row in rows[transparent]]
    on_black = list(in_order(executor, _on_black, tasks)) if len(opaque) else []
    shown = rows[transparent][[tensor is not None for tensor in on_black]] if on_black else rows[:0]
    if not len(shown):
        opaque = rows[:0]
    stack = np.concatenate([images.tensors[opaque], *(tensor[None] for tensor in on_black if tensor is not None)])
    found, crowded = search_sparsely(
        stack,
        max_mse=max_mse,
        symmetries=symmetries,
        most=MOST_ALIKE,
        executor=executor,
        side=np.arange(len(stack)) < len(opaque),
    )
    say_crowded(crowded, "on black")
    return Proposals(opaque[found.a], shown[found.b - len(opaque)], found.winners, found.mse)


def _on_black(path: str, size: int) -> np.ndarray | None:
    """The tensor over black, if there is something to see."""
    try:
        tensor = decode_over(path, size, GROUND)
    except (DecodeError, NotAnImage):
        return None
    return None if contrast(tensor[None])[0] < FLAT_CONTRAST else tensor
