"""The files for analysts: their columns, and where each lies in the folder (docs/analysts/parquet.md).

FOLDER/manifest.json
FOLDER/facts/ym=202611/part-0.parquet      one file per month of occurrence
FOLDER/dimensions/units.parquet …
FOLDER/counts/person_module.parquet …      what the incremental tables hold at the same instant
"""

import hashlib
from typing import Final

import pyarrow as pa

#: Raised when a column changes its meaning or goes; new columns may come without.
FORMAT: Final = 1
#: Names of parts of the folder.
FACTS: Final = "facts"
DIMENSIONS: Final = "dimensions"
COUNTS: Final = "counts"

_WORD = pa.dictionary(pa.int32(), pa.string())


def _schema(**columns: pa.DataType) -> pa.Schema:
    return pa.schema([pa.field(name, kind) for name, kind in columns.items()])


FACT_SCHEMA: Final = _schema(
    seq=pa.int64(),
    account_id=pa.int32(),
    module_key=pa.int64(),
    kind=_WORD,
    form=_WORD,
    occurred_on=pa.date32(),
    score_scaled=pa.float64(),
    voided=pa.bool_(),
)
PERSON_SCHEMA: Final = _schema(person_id=pa.int32(), pseudonym=pa.string())
ACCOUNT_SCHEMA: Final = _schema(account_id=pa.int32(), person_id=pa.int32())
UNIT_SCHEMA: Final = _schema(
    unit_id=pa.int32(),
    scheme=pa.string(),
    code=pa.string(),
    level=pa.string(),
    name=pa.string(),
    kind=pa.string(),
    parent_id=pa.int32(),
    territory_id=pa.int32(),
    valid_from=pa.date32(),
    valid_to=pa.date32(),
)
TREE_SCHEMA: Final = _schema(
    hierarchy=pa.string(), ancestor_id=pa.int32(), descendant_id=pa.int32(), depth=pa.int32()
)
SUCCESSION_SCHEMA: Final = _schema(
    from_unit_id=pa.int32(),
    to_unit_id=pa.int32(),
    on_date=pa.date32(),
    mode=pa.string(),
    is_default=pa.bool_(),
)
APPOINTMENT_SCHEMA: Final = _schema(
    appointment_id=pa.int32(),
    person_id=pa.int32(),
    unit_id=pa.int32(),
    staff_category=pa.string(),
    is_cchc=pa.bool_(),
    cchc_role=pa.string(),
    is_primary=pa.bool_(),
    valid_from=pa.date32(),
    valid_to=pa.date32(),
)
MODULE_SCHEMA: Final = _schema(module_key=pa.int64(), module_iri=pa.string())
STATE_SCHEMA: Final = _schema(
    person_id=pa.int32(),
    module_key=pa.int64(),
    first_accessed_on=pa.date32(),
    first_completed_on=pa.date32(),
    last_completed_on=pa.date32(),
    completions=pa.int32(),
    best_scaled=pa.float64(),
    access_unit_id=pa.int32(),
    completion_unit_id=pa.int32(),
)
CELL_SCHEMA: Final = _schema(
    unit_id=pa.int32(),
    module_key=pa.int64(),
    calendar=pa.string(),
    period_start=pa.date32(),
    people_accessed=pa.int32(),
    people_completed=pa.int32(),
)


def module_key(module_iri: str) -> int:
    """A number for a module that is the same in every export: 62 bits of the SHA-256 of its IRI."""
    return int.from_bytes(hashlib.sha256(module_iri.encode()).digest()[:8], "big") >> 2
