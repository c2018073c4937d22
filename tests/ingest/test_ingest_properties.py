"""Whatever strangers write into headers, sidecars, TIFF tags, mbox files and file names: no exception, no loss."""

from __future__ import annotations

import io
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.custody_folder import Candidate, custody_in, taken_under_new_name
from ingest.fax_mail import fax_facts, is_fax_mail
from ingest.fax_session import log_line_of, session_of_log, session_of_tiff
from ingest.mailbox_survey import FolderState, Limits, remembered, survey_of, weigh
from ingest.mbox import looks_like_mbox, messages
from ingest.sidecar import read_sidecar, read_time
from ingest.tiff_tags import read_tiff

LIMITS = Limits(vanished_share=0.5, vanished_least=10)

lines = st.lists(st.text(alphabet="Fromx> :0123456789\r", max_size=20), max_size=8)
states = st.builds(
    FolderState,
    validity=st.integers(1, 3),
    uidnext=st.none() | st.integers(1, 50),
    kept=st.none() | st.integers(0, 40),
    aside=st.none() | st.integers(0, 40),
    witness=st.none() | st.sampled_from(["1:10:", "2:20:"]),
    epoch=st.integers(0, 2),
)


@given(st.lists(lines, min_size=1, max_size=5))
def test_an_mbox_gives_back_what_was_put_into_it(bodies: list[list[str]]) -> None:
    separator = b"From someone@example.org Mon May  4 10:30:02 2026\n"
    put = [b"Subject: x\n\n" + "\n".join(body).encode() + b"\n" for body in bodies]
    quoted = [b"\n".join(b">" + row if row.lstrip(b">").startswith(b"From ") else row for row in m.split(b"\n"))
              for m in put]  # fmt: skip
    box = b"".join(separator + message + b"\n" for message in quoted)
    assert looks_like_mbox(box)
    assert list(messages(io.BytesIO(box))) == put


@given(st.binary(max_size=300), st.sampled_from(["a.json", "a.xml", "a"]))
def test_any_bytes_are_a_sidecar_at_worst_an_empty_one(data: bytes, name: str) -> None:
    found = read_sidecar(name, data)
    assert found.transport.pages is None or found.transport.pages >= 0


@given(st.text(max_size=40))
def test_any_text_is_a_time_in_utc_or_none(text: str) -> None:
    found = read_time(text, UTC)
    assert found is None or found.utcoffset() == timedelta(0)


@given(st.binary(max_size=200), st.sampled_from([b"II*\0", b"MM\0*", b"", b"II*\0\x08\0\0\0\x02\0"]))
def test_any_bytes_are_a_tiff_or_none(data: bytes, start: bytes) -> None:
    read_tiff(start + data)
    session_of_tiff(start + data, zone=UTC)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_any_line_is_a_session_or_none(line: str) -> None:
    session_of_log(line.replace(" ", "\t"), zone=UTC)
    log_line_of(line, "fax1.tif")


@given(st.binary(max_size=300))
def test_any_bytes_have_fax_headers_or_none(data: bytes) -> None:
    raw = b"From: " + data
    is_fax_mail(raw, ["fax@example.org"])
    fax_facts(b"Subject: " + data)
    fax_facts(raw)


@given(st.none() | states, states, st.booleans(), st.sampled_from([None, "1:10:", "2:20:"]))
def test_no_judgement_of_a_mailbox_stops_once_a_person_has_confirmed(
    before: FolderState | None, now: FolderState, confirmed: bool, testimony: str | None
) -> None:
    verdict = weigh(before, now, LIMITS, confirmed=confirmed, folder="INBOX", testimony=testimony)
    if confirmed:
        assert verdict.stop is None
        assert not verdict.anchored
    if before is not None and now.validity == before.validity:
        # An epoch never goes back: a ref would come back for other bytes.
        assert verdict.state.epoch >= before.epoch
    survey = survey_of({"INBOX": verdict})
    assert remembered("INBOX", survey.memory) == verdict.state


@given(states)
def test_a_mailbox_that_looks_as_before_is_never_stopped(state: FolderState) -> None:
    verdict = weigh(state, state, LIMITS, confirmed=False, folder="INBOX", testimony=state.witness)
    assert (verdict.stop, verdict.renumbered, verdict.state) == (None, False, state)


@settings(deadline=None, max_examples=60)
@given(st.binary(min_size=1, max_size=60).filter(lambda name: b"/" not in name and b"\0" not in name))
def test_any_file_name_is_taken_put_away_and_recognised(name: bytes) -> None:
    if name in (b".", b".."):
        return
    with tempfile.TemporaryDirectory() as place:
        hot = Path(place) / "hot"
        hot.mkdir()
        custody = custody_in(hot, Path(place), None)
        custody.prepare()
        path = hot / name.decode("utf-8", "surrogateescape")
        path.write_bytes(b"x")
        (ref,) = custody.take([Candidate(main=path)])
        assert custody.refs() == [ref]
        assert taken_under_new_name(f"arrivo/{path.name}", {ref}, datetime.now(UTC))
        custody.put_away([ref])
        assert custody.refs() == []
        assert [p.read_bytes() for p in custody.done.rglob("*") if p.is_file()] == [b"x"]
