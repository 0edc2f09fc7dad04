"""Forms looked up by how they begin."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from coder.dutch.text import stretched

Numbers = npt.NDArray[np.int64]

_EIGHT = 8
_FIRST_BYTES = np.asarray([(2**64 - 1) >> 8 * count << 8 * count for count in range(_EIGHT, -1, -1)], dtype=np.uint64)


class Beginnings:
    """Forms, sorted by their first eight bytes read as one number: those that begin alike are one range."""

    def __init__(self, forms: Sequence[str]) -> None:
        self._forms = forms
        keys, _ = _first_eight(forms)
        self._order = np.argsort(keys)
        self._keys = keys[self._order]

    def of(self, beginnings: Sequence[str]) -> npt.NDArray[np.int64]:
        """The pairs (beginning, form) where the form begins so, by their places in the two lists."""
        if not beginnings or not self._forms:
            return np.empty((0, 2), dtype=np.int64)
        keys, sizes = _first_eight(beginnings)
        low = np.searchsorted(self._keys, keys)
        high = np.searchsorted(self._keys, keys | ~_FIRST_BYTES[np.minimum(sizes, _EIGHT)], side="right")
        which = np.repeat(np.arange(len(beginnings)), high - low)
        form = self._order[stretched(low, high - low)]
        kept = np.ones(len(which), dtype=np.bool_)
        for place in np.flatnonzero(sizes[which] > _EIGHT).tolist():
            kept[place] = self._forms[form[place]].startswith(beginnings[which[place]])
        return np.stack([which[kept], form[kept]], axis=1)


def _first_eight(texts: Sequence[str]) -> tuple[npt.NDArray[np.uint64], Numbers]:
    """The first eight bytes of each text as a number, zeros where it is shorter, and how many bytes it has."""
    code = np.frombuffer("\n".join([*texts, ""]).encode("utf-8", "surrogatepass") + bytes(_EIGHT), dtype=np.uint8)
    ends = np.flatnonzero(code == ord("\n"))
    starts = np.append(0, ends[:-1] + 1)
    sizes = ends - starts
    eights: npt.NDArray[np.uint64] = np.ndarray(len(code) - _EIGHT + 1, dtype=">u8", buffer=code, strides=(1,))
    return eights[starts].astype(np.uint64) & _FIRST_BYTES[np.minimum(sizes, _EIGHT)], sizes
