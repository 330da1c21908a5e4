"""What products do differently is data: one flag per fact."""

from dataclasses import fields

import pytest

from lti_tool.platforms.quirks import Quirks, fact_of, quirks_of, unusual_flags

FLAGS = [each.name for each in fields(Quirks)]
MOODLE_BUILD, MOODLE_RELEASE = "2023112400", "4.4dev (Build: 20231124)"


@pytest.mark.parametrize("family", ["", "sakai", "unheard-of"])
def test_a_product_without_an_entry_is_taken_at_the_specifications_word(family):
    assert quirks_of(family, "1.0") == Quirks()


@pytest.mark.parametrize("flag", [flag for flag in FLAGS if flag != "issuer_shared"])
def test_the_measured_moodle_has_every_fact_that_was_measured(flag):
    assert flag in unusual_flags(quirks_of("moodle", MOODLE_BUILD))


@pytest.mark.parametrize("flag", FLAGS)
def test_every_flag_stands_for_a_fact_told_in_a_sentence(flag):
    told = fact_of(flag)

    assert told[-1] == "."
    assert len(told) > 30


def test_build_and_release_of_one_moodle_mean_the_same():
    assert quirks_of("moodle", MOODLE_BUILD) == quirks_of("moodle", MOODLE_RELEASE)


def test_the_family_is_found_in_whatever_case_it_is_sent():
    assert quirks_of(" Moodle ", MOODLE_BUILD) == quirks_of("moodle", MOODLE_BUILD)


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("2023112400", True),
        ("2025100599", True),
        ("2025100600", False),
        ("5.1 (Build: 20251006)", False),
        ("5.2 (Build: 20260420)", False),
    ],
)
def test_a_fact_ends_with_the_version_that_changed_it(version, expected):
    assert quirks_of("moodle", version).score_time_is_receipt is expected


@pytest.mark.parametrize("version", ["", "unknown", "4.4", "9" * 500, "٢٠٢٣١١٢٤"])
def test_an_unreadable_version_is_met_with_every_caution(version):
    assert quirks_of("moodle", version).score_time_is_receipt


def test_an_assertion_is_dated_back_further_for_moodle():
    assert quirks_of("moodle").assertion_backdate_seconds == 30
    assert quirks_of("canvas").assertion_backdate_seconds == 5


def test_customers_of_one_hosted_service_share_an_issuer():
    assert quirks_of("canvas", "").issuer_shared
    assert not quirks_of("moodle", "").issuer_shared


def test_an_unknown_flag_has_no_fact():
    with pytest.raises(KeyError):
        fact_of("no_such_flag")
