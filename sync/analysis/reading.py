"""Rows of the database as Arrow tables, in slices: memory does not grow with the table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
from sqlalchemy import Date, Select, String, select, type_coerce
from sqlalchemy.orm import Session

from sync.analysis.schemas import (
    ACCOUNT_SCHEMA,
    APPOINTMENT_SCHEMA,
    CELL_SCHEMA,
    FACT_SCHEMA,
    PERSON_SCHEMA,
    STATE_SCHEMA,
    SUCCESSION_SCHEMA,
    TREE_SCHEMA,
    UNIT_SCHEMA,
    module_key,
)
from sync.organization.models import (
    ActorIdentity,
    Appointment,
    Person,
    Unit,
    UnitClosure,
    UnitLabel,
    UnitSuccession,
)
from sync.rollups.models import LearningFact, PersonModule, UnitCount

#: Rows that are in memory as Python objects at once.
_SLICE: Final = 50_000


@dataclass(frozen=True)
class Source:
    """One table of the database as an Arrow table.

    Attributes:
        columns: in the order of the schema; a module's IRI becomes its key.
        question: where the rows come from, beyond the columns.
    """

    schema: pa.Schema
    columns: Sequence[Any]
    joined: Any = None

    def question(self) -> Select[Any]:
        """The SELECT of all rows."""
        chosen = select(*self.columns)
        return chosen if self.joined is None else chosen.select_from(self.joined)


FACTS_SOURCE: Final = Source(
    FACT_SCHEMA,
    (
        LearningFact.seq,
        LearningFact.identity_id,
        LearningFact.module_iri,
        LearningFact.kind,
        LearningFact.form,
        LearningFact.occurred_on,
        LearningFact.score_scaled,
        LearningFact.voided,
    ),
)
STATES_SOURCE: Final = Source(STATE_SCHEMA, tuple(PersonModule.__table__.columns))
CELLS_SOURCE: Final = Source(
    CELL_SCHEMA,
    (
        UnitCount.unit_id,
        UnitCount.module_iri,
        UnitCount.calendar,
        UnitCount.period_start,
        UnitCount.people_accessed,
        UnitCount.people_completed,
    ),
)
_UNITS = Unit.__table__.join(
    UnitLabel.__table__,
    (UnitLabel.unit_id == Unit.unit_id) & (UnitLabel.valid_to == Unit.valid_to),
    isouter=True,
)
#: File in the folder of dimensions -> where its rows come from.
DIMENSION_SOURCES: Final[Mapping[str, Source]] = {
    "persons": Source(PERSON_SCHEMA, (Person.person_id, Person.pseudonym)),
    "accounts": Source(ACCOUNT_SCHEMA, (ActorIdentity.identity_id, ActorIdentity.person_id)),
    "units": Source(
        UNIT_SCHEMA,
        (
            Unit.unit_id,
            Unit.scheme,
            Unit.code,
            Unit.level,
            UnitLabel.name,
            UnitLabel.kind,
            Unit.parent_id,
            Unit.territory_id,
            Unit.valid_from,
            Unit.valid_to,
        ),
        _UNITS,
    ),
    "unit_tree": Source(
        TREE_SCHEMA,
        (UnitClosure.hierarchy, UnitClosure.ancestor_id, UnitClosure.descendant_id, UnitClosure.depth),
    ),
    "unit_successions": Source(
        SUCCESSION_SCHEMA,
        (
            UnitSuccession.from_unit_id,
            UnitSuccession.to_unit_id,
            UnitSuccession.on_date,
            UnitSuccession.mode,
            UnitSuccession.is_default,
        ),
    ),
    "appointments": Source(
        APPOINTMENT_SCHEMA,
        (
            Appointment.appointment_id,
            Appointment.person_id,
            Appointment.unit_id,
            Appointment.staff_category,
            Appointment.is_cchc,
            Appointment.cchc_role,
            Appointment.is_primary,
            Appointment.valid_from,
            Appointment.valid_to,
        ),
    ),
}
COUNT_SOURCES: Final[Mapping[str, Source]] = {
    "person_module": STATES_SOURCE,
    "unit_module_period": CELLS_SOURCE,
}


class ModuleKeys(dict[str, int]):
    """The key of each module that was met."""

    def __missing__(self, module_iri: str) -> int:
        self[module_iri] = key = module_key(module_iri)
        return key


def read_slices(session: Session, source: Source, keys: ModuleKeys, *conditions: Any) -> Iterator[pa.Table]:
    """The rows of a source that fulfil all conditions, in slices; keys of modules are noted in `keys`."""
    question = source.question().where(*conditions)
    if session.get_bind().dialect.name == "sqlite":
        # SQLite keeps a day as text; Arrow reads many at once much faster than Python reads each.
        question = question.with_only_columns(*(_as_kept(column) for column in source.columns))
    rows = session.execute(question, execution_options={"yield_per": _SLICE})
    for part in rows.partitions():
        yield _arrow(part, source.schema, keys)


def read_whole(session: Session, source: Source, keys: ModuleKeys) -> pa.Table:
    """All rows of a source."""
    slices = list(read_slices(session, source, keys))
    return pa.concat_tables(slices) if slices else source.schema.empty_table()


def _as_kept(column: Any) -> Any:
    return type_coerce(column, String) if isinstance(column.type, Date) else column


def _arrow(rows: Sequence[Any], schema: pa.Schema, keys: ModuleKeys) -> pa.Table:
    columns = [
        _array(values, field, keys) for field, values in zip(schema, zip(*rows, strict=True), strict=True)
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def _array(values: Sequence[Any], field: pa.Field, keys: ModuleKeys) -> pa.Array:
    if field.name == "module_key":
        return pa.array([keys[iri] for iri in values], field.type)
    if pa.types.is_date(field.type):
        sample = next((value for value in values if value is not None), None)
        return pa.array(values).cast(field.type) if isinstance(sample, str) else pa.array(values, field.type)
    if pa.types.is_dictionary(field.type):
        return pa.array(values, pa.string()).dictionary_encode()
    return pa.array(values, field.type)
