"""Client of an OpenAI-compatible server that words answers (chat completions), bounded in time and size."""

from typing import Final

import msgspec

from content_packages.errors import WordingUnavailable
from content_packages.knowledge.wording import (
    INSTRUCTION,
    LONGEST_ANSWER,
    AnswerWording,
    NoWording,
    WordingRequest,
)
from lti_tool.settings import Settings
from xapi_bridge.outgoing_http import OutgoingHttp

_LARGEST_ANSWER_BYTES: Final = 64 * 1024
_OK: Final = 200


def open_wording(settings: Settings) -> AnswerWording:
    """The server that the installation names, or the null object that words nothing."""
    if settings.wording_url is None:
        return NoWording()
    return HttpWording(
        address=str(settings.wording_url).rstrip("/"),
        model=settings.wording_model,
        key=settings.wording_key.get_secret_value(),
        timeout_seconds=settings.wording_timeout_seconds,
    )


class _WordingHttp(OutgoingHttp):
    address_forbidden = WordingUnavailable
    answer_too_large = WordingUnavailable
    unreachable = WordingUnavailable


class _Message(msgspec.Struct):
    content: str


class _Choice(msgspec.Struct):
    message: _Message


class _Completion(msgspec.Struct):
    choices: list[_Choice]


class HttpWording:
    """Words answers over HTTP. Only the operator names the address, so it may lie inside the network."""

    def __init__(self, *, address: str, model: str, key: str, timeout_seconds: float) -> None:
        self._address, self._model = address, model
        self._http = _WordingHttp(
            timeout_seconds=timeout_seconds,
            private_networks_allowed=True,
            largest_answer_bytes=_LARGEST_ANSWER_BYTES,
        )
        if key:
            self._http.headers["Authorization"] = f"Bearer {key}"

    def word(self, request: WordingRequest) -> str:
        """The first choice's text.

        Raises:
            WordingUnavailable: no answer in time, another status than 200, or another form.
        """
        answer = self._http.post(f"{self._address}/chat/completions", json=self._body(request))
        if answer.status_code != _OK:
            raise WordingUnavailable(f"The wording server answered with status {answer.status_code}.")
        try:
            return msgspec.json.decode(answer.content, type=_Completion).choices[0].message.content
        except (msgspec.DecodeError, IndexError) as unreadable:
            raise WordingUnavailable("The wording server's answer is not a chat completion.") from unreadable

    def _body(self, request: WordingRequest) -> dict[str, object]:
        numbered = "\n".join(f"[{count}] {text}" for count, text in enumerate(request.passages, start=1))
        return {
            "model": self._model,
            "temperature": 0,
            "max_tokens": LONGEST_ANSWER,
            "messages": [
                {"role": "system", "content": INSTRUCTION},
                {"role": "user", "content": f"Câu hỏi: {request.question}\n\nCác đoạn:\n{numbered}"},
            ],
        }
