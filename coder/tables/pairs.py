"""Which codes the same respondents mention: each two codes, more or less often than chance would have it."""

import numpy as np
import pandas as pd

from coder.codebook import SPECIAL, Codebook
from coder.coding import Coding
from coder.note import Note
from coder.statistics.proportions import benjamini_hochberg, shares_differ
from coder.tables.frequency import base_note, design_notes
from coder.tables.mentions import Mentions, counted_of
from coder.tables.table import Column, Said, Table, texts

ALPHA = 0.05


def pairs(
    counted: Mentions | Coding, codebook: Codebook, *, limit: int | None = None, title: Said | None = None
) -> Table:
    """Each two codes of the `limit` that are mentioned most (None: all), the surest first.

    `n` counts the respondents that mention both, `expected` those that would if the one were mentioned without regard
    to the other; with weights both are sums of weights. `lift` is the one divided by the other. `p` is that of the
    share of one code among who mentions the other and who does not: two proportions on effective bases, exact where few
    are expected; `p_adjusted` is adjusted over all pairs in the table (Benjamini and Hochberg 1995). `change` is "more"
    or "less" where that is under 0.05, else "". Codes that are other, none or don't know, and codes that nobody or
    everybody mentions, are left out.
    """
    counted = counted_of(counted, codebook)
    size = counted.counts
    named = [
        place
        for place, code in enumerate(counted.codes)
        if code not in SPECIAL and 0 < counted.given[:, place].sum() < len(counted)
    ]
    chosen = sorted(named, key=lambda place: -size[place])[:limit]
    both = (counted.given * counted.weight[:, None]).T @ counted.given.astype(np.float64)
    rows = []
    for number, one in enumerate(chosen):
        mine = counted.given[:, one]
        with_it, without = counted.take(mine), counted.take(~mine)
        base, other_base = counted.bases_against(mine)
        tested = shares_differ(with_it.shares, base, without.shares, other_base)
        for other in chosen[number + 1 :]:
            expected = size[one] * size[other] / counted.base
            rows.append((one, other, both[one, other], expected, both[one, other] / expected, tested.p[other]))
    frame = pd.DataFrame(rows, columns=["code", "other", "n", "expected", "lift", "p"])
    frame = frame.astype({"code": np.int64, "other": np.int64, "n": float, "lift": float, "p": float})
    for name in ("code", "other"):
        codes = [counted.codes[place] for place in frame[name].tolist()]
        frame[name] = pd.Series(codes, index=frame.index, dtype=str)
        frame[f"{name}_label"] = texts((codebook.text(code) for code in codes), frame.index)
    frame["p_adjusted"] = benjamini_hochberg(frame["p"].to_numpy(dtype=np.float64))
    sure = frame["p_adjusted"] < ALPHA
    frame["change"] = np.select([sure & (frame["lift"] > 1), sure], ["more", "less"], default="")
    if counted.weights is None:
        frame["n"] = frame["n"].astype(np.int64)
    frame = frame.sort_values(["p_adjusted", "p", "lift"], ascending=[True, True, False], kind="stable")
    shown: dict[str, Said | Column] = {
        "code_label": Note("documents.code_label"),
        "other_label": Note("documents.other_label"),
        "n": Note("tables.n"),
        "expected": Column(Note("pictures.expected"), "tenths"),
        "lift": Column(Note("documents.lift"), "score"),
        "p_adjusted": Column(Note("comparison.p_adjusted"), "p"),
        "change": Column("±", "mark"),
    }
    tests = int(np.isfinite(frame["p"]).sum())
    notes = (
        base_note(counted, "groups.weighted_base"),
        *design_notes(counted),
        Note("pictures.pairs_note", count=tests),
    )
    return Table(title or Note("pictures.pairs_title"), frame.reset_index(drop=True), len(counted), shown, notes)
