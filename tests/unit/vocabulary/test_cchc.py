"""Our activity identifiers, there and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xapi_bridge.vocabulary import cchc
from xapi_bridge.vocabulary.cchc import ActivityName

BASE = "https://cchc.example/"
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)


def test_identifiers_have_the_documented_shape():
    assert cchc.package_iri(BASE, "cchc") == "https://cchc.example/p/cchc"
    assert cchc.module_iri(BASE, "cchc", "m1") == "https://cchc.example/p/cchc/m/m1"
    assert cchc.section_iri(BASE, "cchc", "m1", 2) == "https://cchc.example/p/cchc/m/m1/s/2"
    assert cchc.quiz_iri(BASE, "cchc", "z1") == "https://cchc.example/p/cchc/z/z1"
    assert cchc.question_iri(BASE, "cchc", "q1") == "https://cchc.example/p/cchc/q/q1"


@given(NAMES, NAMES, NAMES)
def test_every_identifier_leads_back_to_its_name(package, item, section):
    pairs = {
        cchc.package_iri(BASE, package): ActivityName("package", package),
        cchc.module_iri(BASE, package, item): ActivityName("module", package, item),
        cchc.section_iri(BASE, package, item, section): ActivityName("section", package, item, section),
        cchc.quiz_iri(BASE, package, item): ActivityName("quiz", package, item),
        cchc.question_iri(BASE, package, item): ActivityName("question", package, item),
    }

    assert {iri: cchc.parse_activity_iri(BASE, iri) for iri in pairs} == pairs


def test_the_base_may_end_with_or_without_a_slash():
    iri = cchc.module_iri("https://cchc.example", "cchc", "m1")

    assert cchc.parse_activity_iri(BASE, iri) == ActivityName("module", "cchc", "m1")


@pytest.mark.parametrize(
    "iri",
    [
        "https://other.example/p/cchc",
        "https://cchc.example/",
        "https://cchc.example/p/",
        "https://cchc.example/x/translation",
        "https://cchc.example/p/cchc/m",
        "https://cchc.example/p/cchc/y/1",
        "https://cchc.example/p/cchc/z/1/s/2",
        "https://cchc.example.evil/p/cchc",
    ],
)
def test_another_identifier_is_not_ours(iri):
    assert cchc.parse_activity_iri(BASE, iri) is None


def test_a_source_and_the_account_that_vouches_for_it_belong_together():
    account = cchc.source_authority(BASE, "lrs-bo-y-te")

    assert cchc.source_of_authority(BASE, account) == "lrs-bo-y-te"
    assert cchc.source_of_authority("https://other.example/", account) == ""
    assert cchc.source_of_authority(BASE, cchc.tool_authority(BASE)) == ""
