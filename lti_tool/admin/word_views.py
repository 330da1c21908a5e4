"""Console pages of the vocabulary: abbreviations, synonyms, old phrases, each with its history."""

from typing import Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from content_packages.knowledge import (
    Word,
    list_word_changes,
    list_words,
    put_word,
    remove_word,
    try_word,
)
from content_packages.knowledge.vocabulary import WORD_KINDS, find_word
from lti_tool.admin.guard import keep_private, only_as_permitted, required_operator, say
from sync.calendars import local_day
from xapi_bridge.running_app import now, reading, transaction
from xapi_bridge.store.audit import note_action

blueprint = Blueprint("knowledge_words", __name__, url_prefix="/quan-tri/tu-vung")
blueprint.before_request(only_as_permitted)
blueprint.after_request(keep_private)

KIND_WORDS: Final = {
    "abbreviation": _l("Chữ viết tắt"),
    "synonym": _l("Từ cùng nghĩa"),
    "newer": _l("Cách gọi cũ"),
}
_REASON_LENGTH: Final = 300


@blueprint.get("")
def listing() -> str:
    """The whole vocabulary, the form for a new word, and what was changed last."""
    with reading() as session:
        words, changes = list_words(session), list_word_changes(session)
    by_kind = {kind: [word for word in words if word.kind == kind] for kind in WORD_KINDS}
    return render_template(
        "admin/words.html", by_kind=by_kind, changes=changes, kind_words=KIND_WORDS, word=None, question=""
    )


@blueprint.get("/mot-tu")
def show() -> str:
    """One word (`loai`, `tu`) with what was made of it, and the form to change it."""
    with reading() as session:
        word = find_word(session, request.args.get("loai", ""), request.args.get("tu", ""))
        changes = list_word_changes(session, phrase=word.phrase)
    return render_template(
        "admin/word.html", word=word, changes=changes, kind_words=KIND_WORDS, question="", is_stored=True
    )


@blueprint.post("/thu")
def try_out() -> str:
    """What the trial question finds now and with the word as it stands in the form; nothing is changed."""
    word, question = _word(request.form), request.form.get("question", "").strip()
    with reading() as session:
        before, after = try_word(session, question, word, on=local_day(now()))
        changes = list_word_changes(session, phrase=word.phrase)
        is_stored = word.phrase in {one.phrase for one in list_words(session) if one.kind == word.kind}
    return render_template(
        "admin/word.html",
        word=word,
        changes=changes,
        kind_words=KIND_WORDS,
        question=question,
        before=before,
        after=after,
        is_stored=is_stored,
    )


@blueprint.post("/luu")
def save() -> Response:
    """Puts the word into the vocabulary; in effect at once."""
    operator, word = required_operator().username, _word(request.form)
    with transaction() as session:
        put_word(session, word, by=operator, now=now(), reason=_reason(request.form))
        note_action(
            session, "knowledge_word_put", operator=operator, subject=word.phrase, now=now(), kind=word.kind
        )
    say(_("Đã lưu “%(phrase)s”. Câu hỏi từ nay được hiểu theo cách này.", phrase=word.phrase))
    return redirect(url_for("knowledge_words.show", loai=word.kind, tu=word.phrase), code=303)


@blueprint.post("/bo")
def remove() -> Response:
    """Takes the word out; its history stays."""
    operator = required_operator().username
    kind, phrase = request.form.get("kind", ""), request.form.get("phrase", "")
    with transaction() as session:
        remove_word(session, kind, phrase, by=operator, now=now(), reason=_reason(request.form))
        note_action(
            session, "knowledge_word_removed", operator=operator, subject=phrase, now=now(), kind=kind
        )
    say(_("Đã bỏ “%(phrase)s”.", phrase=phrase))
    return redirect(url_for("knowledge_words.listing"), code=303)


def _word(form: MultiDict[str, str]) -> Word:
    """The word of the form: a meaning a line; blanks folded."""
    kind = next((one for one in WORD_KINDS if one == form.get("kind")), WORD_KINDS[0])
    lines = (" ".join(line.split()) for line in form.get("meanings", "").splitlines())
    meanings = tuple(line for line in lines if line)
    return Word(kind, " ".join(form.get("phrase", "").split()), meanings)


def _reason(form: MultiDict[str, str]) -> str:
    return form.get("reason", "").strip()[:_REASON_LENGTH]
