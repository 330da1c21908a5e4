"""The xAPI door of a whole application, asked with one key."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.app import create_app
from lti_tool.settings import load_settings
from xapi_bridge.http.settings import LrsSettings
from xapi_bridge.running_app import lend, now, running_app, section, transaction
from xapi_bridge.store.credentials import NewCredential, create_credential


@dataclass(frozen=True)
class Door:
    """The xAPI door, asked with one key and one version."""

    app: Flask
    client: FlaskClient
    credential: NewCredential
    version: str = "1.0.3"

    @property
    def headers(self) -> dict[str, str]:
        return {"X-Experience-API-Version": self.version}

    @property
    def auth(self) -> tuple[str, str]:
        return (self.credential.key, self.credential.secret)

    def get(self, **parameters: Any) -> TestResponse:
        """GET /xapi/statements."""
        return self.client.get(
            "/xapi/statements", query_string=parameters, auth=self.auth, headers=self.headers
        )

    def post(self, body: Any) -> TestResponse:
        """POST /xapi/statements; text and bytes go as they are, anything else as JSON."""
        raw = body if isinstance(body, str | bytes) else json.dumps(body)
        return self.client.post(
            "/xapi/statements",
            data=raw,
            content_type="application/json",
            auth=self.auth,
            headers=self.headers,
        )

    def put(self, statement_id: Any, body: Any) -> TestResponse:
        """PUT /xapi/statements?statementId=…"""
        return self.client.put(
            "/xapi/statements",
            query_string={"statementId": str(statement_id)},
            json=body,
            auth=self.auth,
            headers=self.headers,
        )

    def stored_ids(self, **parameters: Any) -> list[str]:
        """Ids of the statements that match, in the order of the answer."""
        return [one["id"] for one in self.get(**parameters).get_json()["statements"]]

    def speaking(self, version: str) -> "Door":
        """The same door, asked in another version."""
        return replace(self, version=version)

    def with_key(self, *scopes: str) -> "Door":
        """The same door, asked with a new key of these scopes."""
        return replace(self, credential=create_key(self.app, *scopes))


def create_key(app: Flask, *scopes: str) -> NewCredential:
    """A key of the application with these scopes and no end."""
    with app.app_context(), transaction() as session:
        return create_credential(
            session,
            label="test",
            scopes=scopes,
            expires_at=None,
            now=now(),
            pepper=section(LrsSettings).secret,
        )


@contextmanager
def open_door(database_url: str, *, clock: Any, **variables: str) -> Iterator[Door]:
    """The whole application on this database, with a key that may do everything.

    Args:
        variables: further settings, CCHC_…; by default the data folder is gone afterwards.
    """
    with TemporaryDirectory() as folder:
        given = {"CCHC_DATABASE_URL": database_url, "CCHC_DATA_DIR": folder, **variables}
        app = create_app(load_settings(given))
        with app.app_context():
            running = replace(running_app(), clock=clock)
            lend(app, running)
        yield Door(app, app.test_client(), create_key(app, "all"))
        running.dispose()
