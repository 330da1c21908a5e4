"""The ticket opens what it says, until when it says, where it says, and nothing else."""

import base64
import zlib
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_packages.errors import TicketExpired, TicketForged
from content_packages.player.ticket import (
    browser_proof,
    open_ticket,
    proves_browser,
    read_ticket,
    seal_ticket,
)
from tests.factories.content import NINE_O_CLOCK, make_ticket

SECRET = "a secret of this test"


@pytest.mark.parametrize(
    "given", [{}, {"role": "teacher"}, {"item": "m/tong-quan", "bound": True, "return_url": ""}]
)
def test_what_was_sealed_comes_out(given):
    ticket = make_ticket(**given)

    assert open_ticket(seal_ticket(ticket, secret=SECRET), secret=SECRET, now=NINE_O_CLOCK) == ticket


def test_the_sealed_text_fits_an_address():
    sealed = seal_ticket(make_ticket(), secret=SECRET)

    assert set(sealed) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")
    assert len(sealed) < 900


def test_the_address_tells_nobody_who_learns():
    sealed = seal_ticket(make_ticket(), secret=SECRET)
    seen = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))

    assert make_ticket().learner_name.encode() not in seen
    with pytest.raises(zlib.error):
        zlib.decompress(seen)


def test_an_expired_ticket_says_that_it_is_expired():
    sealed = seal_ticket(make_ticket(), secret=SECRET)
    at_the_end = make_ticket().expires_at

    assert open_ticket(sealed, secret=SECRET, now=at_the_end - timedelta(seconds=1))
    with pytest.raises(TicketExpired):
        open_ticket(sealed, secret=SECRET, now=at_the_end)


def test_a_ticket_of_another_installation_is_forged():
    with pytest.raises(TicketForged):
        read_ticket(seal_ticket(make_ticket(), secret="another"), secret=SECRET)


@given(st.integers(0, 10_000), st.sampled_from("Ab9_-."))
def test_changing_a_letter_breaks_the_seal(place, letter):
    sealed = seal_ticket(make_ticket(), secret=SECRET)
    place %= len(sealed)
    changed = sealed[:place] + letter + sealed[place + 1 :]

    try:
        assert read_ticket(changed, secret=SECRET) == make_ticket()
    except TicketForged:
        assert changed != sealed


@given(st.text(max_size=200))
def test_anything_else_is_forged(text):
    with pytest.raises(TicketForged):
        read_ticket(text, secret=SECRET)


def test_a_bound_ticket_opens_only_where_the_proof_is():
    ticket = make_ticket(bound=True)
    proof = browser_proof(ticket.launch_session_id, secret=SECRET)

    assert proves_browser(ticket, proof, secret=SECRET)
    assert not proves_browser(ticket, None, secret=SECRET)
    assert not proves_browser(ticket, browser_proof("b" * 32, secret=SECRET), secret=SECRET)
    assert not proves_browser(ticket, "đ", secret=SECRET)


def test_an_unbound_ticket_asks_for_no_proof():
    assert proves_browser(make_ticket(bound=False), None, secret=SECRET)
