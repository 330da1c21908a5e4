"""The expressions for analysts on a Spark session of this machine, in a process of its own.

    python -m tests.factories.spark FOLDER

prints rows and totals as JSON. A process of its own, because Spark keeps sockets and a Java machine behind.
"""

import json
import sys
from pathlib import Path

import ibis
from pyspark.sql import SparkSession

from sync.analysis.expressions import (
    cell_checksum,
    module_states,
    read_tables,
    state_checksum,
    unit_cells,
)


def checksums_on_spark(folder: Path) -> tuple[tuple[int, int], tuple[int, int]]:
    """Rows and total of the states and of the cells."""
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    try:
        connection = ibis.pyspark.connect(session)
        tables = read_tables(connection, folder)
        states = module_states(tables)
        found = [
            connection.to_pyarrow(one).to_pylist()[0]
            for one in (state_checksum(states), cell_checksum(unit_cells(states, tables)))
        ]
    finally:
        session.stop()
    return tuple((one["rows"], one["total"]) for one in found)  # type: ignore[return-value]


if __name__ == "__main__":
    print(json.dumps(checksums_on_spark(Path(sys.argv[1]))))
