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

PILE = 200.0  # the MSE on black below which pictures that are alike are counted, however far the search goes
GROUND = "black"  # what programs put under a picture that they save as JPEG, where it is not the white of all tensors


def propose_grounds(
    images: ImageSet, leader: Integers, *, max_mse: float, symmetries: str, executor: Executor
) -> Proposals:
    """Opaque images that are near a transparent one on black.

    Parameters
    ----------
    images : ImageSet
    leader : ndarray of int64, shape (n,)
        For each image the first one whose tensor is identical, which stands for it here; but transparent images that
        are equal on white may differ on black.
    max_mse : float
        To the tensor on black: how far the search goes at least.
    symmetries : {"none", "rotations", "dihedral"}
        Over which the MSE is minimised.
    executor : concurrent.futures.Executor

    Returns
    -------
    Proposals
        The transparent image is b. How far two are apart is their MSE on black.
    """
    transparent = images.files["transparent"].to_numpy(bool)
    stands = np.flatnonzero(leader == np.arange(len(leader)))
    seen, opaque = np.flatnonzero(transparent), stands[~transparent[stands]]
    paths = images.files["path"].to_numpy()
    on_black = list(in_order(executor, _on_black, ((paths[row], images.size) for row in seen))) if len(opaque) else []
    shown = seen[[tensor is not None for tensor in on_black]] if on_black else seen[:0]
    if not len(shown):
        opaque = opaque[:0]
    stack = np.concatenate([images.tensors[opaque], *(tensor[None] for tensor in on_black if tensor is not None)])
    found, crowded = search_sparsely(
        stack,
        max_mse=max(max_mse, PILE),
        symmetries=symmetries,
        most=MOST_ALIKE,
        executor=executor,
        pile=PILE,
        side=np.arange(len(stack)) < len(opaque),
    )
    say_crowded(crowded, "on black")
    ends = np.stack([opaque[found.a], leader[shown[found.b - len(opaque)]]])
    order = np.argsort(found.mse, kind="stable")
    low, high = np.sort(ends[:, order], axis=0)
    nearest = order[np.unique(low * len(leader) + high, return_index=True)[1]]  # of several that are equal on white
    nearest = nearest[ends[0, nearest] != ends[1, nearest]]
    return Proposals(ends[0, nearest], ends[1, nearest], found.winners[nearest], found.mse[nearest])


def _on_black(path: str, size: int) -> np.ndarray | None:
    """The tensor over black, if there is something to see."""
    try:
        tensor = decode_over(path, size, GROUND)
    except (DecodeError, NotAnImage):
        return None
    return None if contrast(tensor[None])[0] < FLAT_CONTRAST else tensor
