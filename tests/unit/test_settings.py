"""Settings refuse what would not run, and say how to mend it."""

import pytest

from lti_tool.settings import SettingsRefused, load_settings

PRODUCTION = {
    "CCHC_ENVIRONMENT": "production",
    "CCHC_SECRET_KEY": "k" * 32,
    "CCHC_TOOL_URL": "https://cchc.example.gov.vn",
    "CCHC_IRI_BASE": "https://cchc.example.gov.vn/",
}


def test_a_misspelt_name_is_refused_with_the_nearest_right_one():
    with pytest.raises(SettingsRefused, match=r"CCHC_DATABSE_URL.*Did you mean CCHC_DATABASE_URL"):
        load_settings({"CCHC_DATABSE_URL": "sqlite://"})


def test_a_name_like_no_other_is_refused_with_the_list():
    with pytest.raises(SettingsRefused, match=r"CCHC_FOO.*docs/settings.md"):
        load_settings({"CCHC_FOO": "1"})


def test_variables_of_other_programs_are_left_alone():
    assert load_settings({"PATH": "/bin", "CCHCX": "1"}).environment == "development"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CCHC_TOOL_URL", "not an address"),
        ("CCHC_TRUSTED_PROXIES", "-1"),
        ("CCHC_LOG_LEVEL", "loud"),
        ("CCHC_CLOCK_LEEWAY_SECONDS", "many"),
        ("CCHC_FOLLOW_INTERVAL_SECONDS", "0"),
        ("CCHC_AUTHORITIES_FILE", "/there/is/no/such.pem"),
        ("CCHC_AUTHORITIES_FILE", __file__),
    ],
)
def test_a_value_out_of_range_is_refused_by_its_variable_name(name, value):
    with pytest.raises(SettingsRefused, match=name):
        load_settings({name: value})


def test_a_refused_secret_is_not_repeated_in_the_message():
    with pytest.raises(SettingsRefused) as refused:
        load_settings(PRODUCTION | {"CCHC_SECRET_KEY": "short-and-private"})

    assert "short-and-private" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CCHC_SECRET_KEY", "insecure-" + "k" * 40),
        ("CCHC_SECRET_KEY", "k" * 31),
        ("CCHC_TOOL_URL", "http://cchc.example.gov.vn"),
        ("CCHC_IRI_BASE", "https://cchc.example/"),
    ],
)
def test_production_refuses_what_is_only_for_trying(name, value):
    with pytest.raises(SettingsRefused, match=name):
        load_settings(PRODUCTION | {name: value})


def test_production_starts_with_real_values():
    settings = load_settings(PRODUCTION)

    assert settings.tool_origin == "https://cchc.example.gov.vn"


def test_the_default_database_is_a_file_in_the_data_folder(tmp_path):
    settings = load_settings({"CCHC_DATA_DIR": str(tmp_path)})

    assert settings.effective_database_url == f"sqlite:///{tmp_path / 'cchc.sqlite'}"


def test_settings_cannot_be_changed_after_reading():
    with pytest.raises(ValueError, match="frozen"):
        load_settings({}).log_level = "debug"
