"""Settings of the optional server that words answers of the knowledge base."""

from pydantic import Field, HttpUrl, SecretStr
from pydantic_settings import BaseSettings


class WordingFields(BaseSettings):
    """The part of `Settings` that says which language model may word answers; by default none."""

    wording_url: HttpUrl | None = Field(
        None,
        description="Address of an OpenAI-compatible server of your own, up to `/v1`. It gets the question "
        "and the passages found, and may word the answer from them; what they do not cover is not shown. "
        "Empty: answers are extracts.",
    )
    wording_model: str = Field("default", description="Name of the model, as that server knows it.")
    wording_key: SecretStr = Field(SecretStr(""), description="Key of that server, when it asks for one.")
    wording_timeout_seconds: float = Field(
        20.0,
        gt=0,
        le=120,
        description="How long a person may wait for the wording before the extract is shown.",
    )
