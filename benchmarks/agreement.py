"""How long agreement takes: ``python benchmarks/agreement.py``.

Synthetic codings: 2,000 answers by 5 coders with 30 codes, who err seldom or often, and 50,000 answers by 2 coders with
15 codes. Prints the processor time of all tables with 1,000 bootstrap draws.
"""

import time

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.coding import Coding, assignments
from coder.tables.agreement import agree

DRAWS = 1000


def main() -> None:
    """Make codings, and time their agreement."""
    for answers, coders, codes, errs in ((2_000, 5, 30, 0.005), (2_000, 5, 30, 0.03), (50_000, 2, 15, 0.005)):
        random = np.random.default_rng(1)
        right = random.random((answers, codes)) < 1.5 / codes
        ids = pd.Index([f"a{place}" for place in range(answers)], name="unit")
        codings = [_coding(f"coder {n}", ids, right ^ (random.random(right.shape) < errs)) for n in range(coders)]
        start = time.process_time()
        agree(codings, draws=DRAWS)
        taken = time.process_time() - start
        print(f"{answers:,} answers, {coders} coders, {codes} codes, errors {errs:.1%}: {taken:.1f} s", flush=True)


def _coding(name: str, ids: "pd.Index[str]", given: npt.NDArray[np.bool_]) -> Coding:
    row, column = np.nonzero(given)
    frame = assignments({"unit": ids.to_numpy()[row], "code": [f"c{place}" for place in column]})
    return Coding(name, ids, frame)


if __name__ == "__main__":
    main()
