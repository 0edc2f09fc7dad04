"""Code answers with Spark: spark-submit spark.py ANSWERS TEXT CODEBOOK OUT [MODEL].

ANSWERS is a .parquet or a folder of them, TEXT its column of answers; OUT becomes a folder. Codebook and model are read
here and go to the workers. `mapInArrow` needs no pandas, whose release 3 Spark's pandas functions do not fully know.
All machines have the packages; PYSPARK_PYTHON says which Python they are installed for.

    pip install 'codeboek[scale]' pyspark pyarrow
"""

import sys
from collections.abc import Iterable, Iterator

import pyarrow as pa
from pyspark.sql import SparkSession
from pyspark.sql.types import ArrayType, StringType, StructField, StructType

import coder


def code(spark: SparkSession, answers: str, text: str, codebook: str, out: str, model: str = "") -> None:
    """Code the answers on the workers of this session."""
    book = coder.read_codebook(codebook)
    learned = coder.Classifier.load(model) if model else None

    def coded(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return coder.code_batches(batches, book, learned, text=text)

    rows = spark.read.parquet(answers)
    columns = StructType([*rows.schema.fields, StructField("codes", ArrayType(StringType()))])
    rows.mapInArrow(coded, columns).write.parquet(out)


if __name__ == "__main__":
    code(SparkSession.builder.appName("coder").getOrCreate(), *sys.argv[1:])
