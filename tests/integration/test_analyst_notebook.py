"""The notebook and the snippet of docs/analysts run against a real server, and show what is in its store."""

import os
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from werkzeug.serving import make_server

from lti_tool.app import create_app
from lti_tool.background import start_background
from lti_tool.settings import load_settings
from tests.factories.learning import AUTHORITY, make_completed, make_opened
from tests.factories.xapi_door import create_key
from xapi_bridge.running_app import running_app, transaction
from xapi_bridge.store.record import record_statements

FOLDER = Path(__file__).parents[2] / "docs" / "analysts"
NOTEBOOK = FOLDER / "query-records.ipynb"


@pytest.fixture
def server(database_url, tmp_path):
    """A served application with its background work, and an analyst's key."""
    settings = load_settings(
        {
            "CCHC_DATABASE_URL": database_url,
            "CCHC_DATA_DIR": str(tmp_path / "data"),
            "CCHC_FOLLOW_INTERVAL_SECONDS": "0.2",
        }
    )
    app = create_app(settings)
    learned = [make_completed(f"hoc-vien-{number}", "m1") for number in range(3)]
    learned += [make_completed("hoc-vien-1", "m2"), make_opened("hoc-vien-9", "m2")]
    with app.app_context(), transaction() as session:
        record_statements(session, learned, authority=AUTHORITY, now=datetime.now(UTC))
    key = create_key(app, "all/read")
    listening = make_server("127.0.0.1", 0, app, threaded=True)
    serving = threading.Thread(target=listening.serve_forever)
    serving.start()
    background = start_background(app, settings)
    yield f"http://127.0.0.1:{listening.server_port}/xapi", key
    background.stop()
    listening.shutdown()
    serving.join()
    listening.server_close()
    with app.app_context():
        running_app().engine.dispose()


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning")
def test_the_notebook_runs_from_top_to_bottom(server, tmp_path):
    lrs, key = server
    told = {"CCHC_LRS": lrs, "CCHC_KEY": key.key, "CCHC_SECRET": key.secret, "CCHC_SNIPPETS": str(FOLDER)}
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    client = NotebookClient(
        notebook, timeout=180, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )

    client.execute(env={**os.environ, **told})

    said = [output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", ()) if output]
    text = "".join(said)
    assert "4 bản ghi hoàn thành của 3 người" in text
    assert "5 bản ghi lần đầu, 0 bản ghi lần sau" in text
    assert "5 bản ghi, đầy đủ đến" in text
    assert "3  Chuyên đề m1" in text


def test_the_notebook_is_kept_without_its_outputs():
    notebook = nbformat.read(NOTEBOOK, as_version=4)

    assert [cell for cell in notebook.cells if cell.get("outputs") or cell.get("execution_count")] == []
    nbformat.validate(notebook)


def test_the_snippet_reads_each_statement_once_over_all_its_runs(server, tmp_path):
    sys.path.insert(0, str(FOLDER))
    try:
        from query_records import open_session, read_new_statements
    finally:
        sys.path.remove(str(FOLDER))
    lrs, key = server

    with open_session(key.key, key.secret) as session:
        first = read_new_statements(lrs, session, tmp_path / "bookmark.json")
        again = read_new_statements(lrs, session, tmp_path / "bookmark.json")

    assert (len(first), again) == (5, [])
