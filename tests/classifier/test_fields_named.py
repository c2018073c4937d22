"""What is easily misunderstood: a name's order, its accents, its short form, what is no name, and which company writes
and which is written to."""

from __future__ import annotations

import pytest

from classifier.examining import Models
from mailroom.envelope import Channel
from mailroom.finding import PaperKind
from tests.classifier.asking import examined, mailed, on_sheets, said

ASKS = "vorrei sapere a chi chiedere il bonus per l'acqua."


def name(models: Models, body: str, *, box: str = "casella@posta.example", sender: str | None = None) -> str:
    first, last = (
        said(models, f"applicant.{kind}_name", body, box=box, name=sender) or "-" for kind in ("first", "last")
    )
    return f"{first} | {last}"


def test_the_mailbox_tells_the_order_of_a_name_that_may_be_either_way(models: Models) -> None:
    body = f"Buongiorno sono Dumitru Mihaela, {ASKS}"
    assert name(models, body, box="mihaela.dumitru.to@posta.example", sender="mihaela dumitru") == "Mihaela | Dumitru"
    assert name(models, body, box="dumitru.mihaela@posta.example") == "Dumitru | Mihaela"
    signed = f"Buongiorno, {ASKS}\nGiannoni Sauro, via del Cantone 7, 52100 Arezzo"
    assert name(models, signed, box="sauro.giannoni@posta.example", sender="sauro giannoni") == "Sauro | Giannoni"


@pytest.mark.parametrize(
    ("body", "whole"),
    [
        (f"Buongiorno, {ASKS}\n\nCacciola Nunziata\nvia Pozzillo 31, 95024 Acireale", "Nunziata | Cacciola"),
        (f"io chiamo FERNANDO NIMAL PRASAD, {ASKS}\nCF FRNNLP78M05Z209H", "Nimal Prasad | Fernando"),
        (f"Buongiorno, {ASKS}\n\nIvan Della Vedova\nvia Elvezia 19, 23037 Tirano", "Ivan | Della Vedova"),
        (f"Buongiorno, {ASKS}\n\nMaria Vinci ved. Rossi", "Maria | Vinci"),
        (f"Io Di Iorio Michelangelo, {ASKS}\nDi Iorio Michelangelo\nVico Persichillo 3 - 86100 Campobasso",
         "Michelangelo | Di Iorio"),
        (f"Gioia Sannitica, il giorno dopo Pasqua\n\nBuongiorno, {ASKS}\n\nGiuseppe Landino", "Giuseppe | Landino"),
    ],
    ids=["surname first", "learnt Italian", "like a widow's word", "a widow", "a street like a given name", "a town"],
)  # fmt: skip
def test_what_is_a_name_and_which_part_of_it(models: Models, body: str, whole: str) -> None:
    assert name(models, body) == whole


def test_a_short_given_name_is_written_out_where_the_sender_has_it_whole(models: Models) -> None:
    assert name(models, f"Ciao, {ASKS}\nEdo Sacchi", sender="Edoardo Sacchi") == "Edoardo | Sacchi"
    assert name(models, f"Ciao, {ASKS}\nGiovanni Sacchi", sender="Gio Sacchi") == "Giovanni | Sacchi"


def test_accents_are_kept_from_wherever_they_stand(models: Models) -> None:
    body = f"IO SOTTOSCRITTO LAGANA' DEMETRIO NATO A REGGIO, {ASKS}"
    assert name(models, body, sender="Demetrio Laganà") == "Demetrio | Laganà"


def test_an_energy_community_is_no_company(models: Models) -> None:
    assert said(models, "supply.supplier", "Come si entra nella comunità energetica del mio paese?") is None
    assert said(models, "supply.supplier", "La bolletta di Energetica di marzo è doppia.") == "Energetica"


def test_a_company_below_town_and_day_is_written_to_and_does_not_write(models: Models) -> None:
    paper = (
        "Nuoro, 8 settembre 2026\nEdison Energia S.p.A. - Servizio Clienti, casella postale 94 - Basiglio\n"
        "Il sottoscritto Pietrino Sanna reclama il mancato versamento dell'indennizzo. Attende riscontro nei termini."
    )
    assert kinds(models, paper) == [PaperKind.COMPLAINT]
    curt = (
        "Fermo, 11 maggio 2026\nHera Comm S.p.A. - ufficio clienti\nAvete contato due volte febbraio. Rifatela.\nUgo Bo"
    )
    assert kinds(models, curt) == [PaperKind.COMPLAINT]
    reply = (
        "EDISON ENERGIA S.p.A.\nMilano, 30 aprile 2026\nGentile Pietrino Sanna, in merito alla Sua comunicazione "
        "confermiamo di aver aggiornato l'indirizzo."
    )
    assert kinds(models, reply) == [PaperKind.SUPPLIER_REPLY]


def kinds(models: Models, paper: str) -> list[PaperKind]:
    return [found.kind for found in examined(models, mailed(ASKS, ("other", paper))).papers]


def test_whose_tax_code_it_is_tells_a_private_person(models: Models) -> None:
    """A correct letter in formal words was taken for a professional's."""
    body = (
        "Con la presente si chiede l'avvio della procedura di conciliazione relativamente al POD IT001E12345678.\n"
        "Mario Rossi\nCF {}"
    )
    own, others = (sureness(models, body.format(code)) for code in ("RSSMRA80A01H501U", "VRDLCU75B12F205R"))
    assert own > others


def sureness(models: Models, body: str) -> float:
    found = examined(models, mailed(body, name="Mario Rossi")).findings
    return next(
        f.confidence if f.value == "private" else dict(f.alternatives).get("private", 0.0)
        for f in found
        if f.kind == "sender_kind"
    )


def test_a_copy_shops_numbering_of_all_sheets_makes_no_one_paper_of_them(models: Models) -> None:
    sheets = (
        "COPISTERIA - INVIO FAX 1/3\nSalerno, 7 settembre 2026\nE.ON deve annullare il CMOR che ho pagato. A loro ho "
        "scritto il 30 giugno. Chiedo il vostro aiuto.\nCoppola Rosaria",
        "2/3\nE.ON Energia - Ufficio reclami\nSalerno 30/06/2026\nVi ho pagato la fattura. Vi chiedo di annullare il "
        "CMOR.\nCoppola Rosaria",
        "SORGENIA 3/3\nBolletta gas giugno 2026\nMateria gas 18,77\nTrasporto 11,02\nTotale bolletta 178,70",
    )
    assert papers_of(models, sheets) == [PaperKind.REQUEST_FORM, PaperKind.COMPLAINT, PaperKind.BILL]
    letter = (
        "Salerno, 7 settembre 2026\nSpett.le Sportello,\nvi scrivo per la bolletta del gas di giugno, che è doppia, e",
        "2/2\nper la quale ho già reclamato con Sorgenia senza avere risposta.\nDistinti saluti\nCoppola Rosaria",
    )
    assert papers_of(models, letter) == [PaperKind.REQUEST_FORM]


def papers_of(models: Models, sheets: tuple[str, ...]) -> list[PaperKind]:
    faxed = on_sheets(*sheets, channel=Channel.FAX, kind="other")
    return [found.kind for found in examined(models, faxed).papers]
