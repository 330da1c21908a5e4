"""A tool as pylti1p3's own documentation writes one for Flask, as the other side of bench.launch."""

import json
import os
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import Flask, jsonify, request
from pylti1p3.contrib.flask import (
    FlaskCacheDataStorage,
    FlaskMessageLaunch,
    FlaskOIDCLogin,
    FlaskRequest,
)
from pylti1p3.tool_config import ToolConfDict
from werkzeug import Response

ISSUER = os.environ["BENCH_ISSUER"]


class FileCache:
    """get and set, shared by the workers: what the documentation takes Flask-Caching for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, key: str) -> Any:
        path = self._path(key)
        return json.loads(path.read_bytes()) if path.exists() else None

    def set(self, key: str, value: Any, _lifetime: int | None = None) -> None:
        # Written aside and moved, so that another worker never reads half of it.
        aside = self._folder / uuid4().hex
        aside.write_text(json.dumps(value), encoding="utf-8")
        aside.replace(self._path(key))

    def _path(self, key: str) -> Path:
        return self._folder / sha256(key.encode()).hexdigest()


app = Flask(__name__)
app.config.update(SECRET_KEY=os.urandom(16), SESSION_COOKIE_SAMESITE="None", SESSION_COOKIE_SECURE=True)

config = ToolConfDict(
    {
        ISSUER: [
            {
                "default": True,
                "client_id": os.environ["BENCH_CLIENT_ID"],
                "auth_login_url": f"{ISSUER}/auth",
                "auth_token_url": f"{ISSUER}/token",
                "key_set_url": f"{ISSUER}/keys",
                "deployment_ids": [os.environ["BENCH_DEPLOYMENT"]],
            }
        ]
    }
)


cache = FileCache(Path(os.environ["BENCH_FOLDER"]))


@app.post("/login")
def login() -> Response:
    oidc = FlaskOIDCLogin(FlaskRequest(), config, launch_data_storage=FlaskCacheDataStorage(cache))
    answer: Response = oidc.redirect(request.form["target_link_uri"])
    return answer


@app.post("/launch")
def launch() -> Response:
    storage = FlaskCacheDataStorage(cache)
    message = FlaskMessageLaunch(FlaskRequest(), config, launch_data_storage=storage)
    message.set_public_key_caching(storage, cache_lifetime=7200)
    body = message.get_launch_data()
    return jsonify(sub=body["sub"], launch_id=message.get_launch_id())
