"""Code answers with Ray Data: python ray_data.py ANSWERS TEXT CODEBOOK OUT [MODEL].

ANSWERS is a .parquet or a folder of them, TEXT its column of answers; OUT becomes a folder. An actor reads codebook and
model once and keeps them, with what embeds, for all batches that it is given. All machines have the four paths.

    pip install 'codeboek[scale]' 'ray[data]'
"""

import sys

import pyarrow as pa
import ray

import coder


class Coder:
    """An actor that codes batch after batch."""

    def __init__(self, text: str, codebook: str, model: str = "") -> None:
        self._text = text
        self._book = coder.read_codebook(codebook)
        self._model = coder.Classifier.load(model) if model else None

    def __call__(self, table: pa.Table) -> pa.Table:
        """The table with a column `codes`."""
        return pa.Table.from_batches(coder.code_batches(table, self._book, self._model, text=self._text))


def code(answers: str, text: str, codebook: str, out: str, model: str = "", *, actors: int = 2) -> None:
    """Code the answers on so many actors; give as many as there are processors.

    Each asks for half of one: where actors hold all of them, Ray has none left to read with, and waits for ever.
    """
    rows = ray.data.read_parquet(answers)
    coded = rows.map_batches(
        Coder,
        fn_constructor_args=(text, codebook, model),
        batch_format="pyarrow",
        batch_size=20_000,
        compute=ray.data.ActorPoolStrategy(size=actors),
        num_cpus=0.5,
    )
    coded.write_parquet(out)


if __name__ == "__main__":
    code(*sys.argv[1:])
