"""The whole examination of letters: who writes, whose codes, which supplier, which papers."""

# ruff: noqa: E501
from __future__ import annotations

from dataclasses import replace
from time import process_time
from typing import Any

import pytest

from classifier.examining import Models, examine
from classifier.identifiers.tax_code import check_character
from classifier.model.scenario import Attachment, Scenario, Sheet, build
from mailroom.envelope import Channel
from mailroom.finding import Examination, PaperKind
from mailroom.submission import Signer

CARD = "[CARTA_IDENTITA: TULLIA BERNABEI, nata a Terni il 02/03/1961, CF BRNTLL61C42L117X, scadenza 02/03/2031]"


def mail(models: Models, body: str, **more: Any) -> Examination:
    envelope = {
        "from_name": more.pop("name", "Tullia Bernabei"),
        "from_email": "tullia@posta.example",
        "to": "info@sportello.example",
        "subject": more.pop("subject", "richiesta"),
        "date": "2026-05-04T10:00:00+02:00",
    }
    scenario = Scenario(
        id="t", author="t", channel=more.pop("channel", Channel.EMAIL), envelope=envelope, body=body, **more
    )
    return examine(*build(scenario), models=models)


def fax(models: Models, *sheets: str) -> Examination:
    scenario = Scenario(
        id="t",
        author="t",
        channel=Channel.FAX,
        envelope={"fax_sender": "+390744000000", "date": "2026-05-04T10:00:00+02:00"},
        sheets=tuple(Sheet(text=s) for s in sheets),
    )
    return examine(*build(scenario), models=models)


def said(found: Examination, kind: str) -> str | None:
    best = found.best(kind)
    return best.value if best is not None and best.confidence >= 0.5 else None


LETTER = """Buongiorno,
mi chiamo Tullia Bernabei e abito a Terni in via del Rivo 18, 05100.
Da marzo la bolletta di Lumen Aurora Energia (codice cliente LA-30 441) è raddoppiata. Prima ero con Enel Energia.
POD IT 001 E 4455 6677, codice fiscale {code}, cellulare 347 55 66 778.
Ho reclamato a Lumen Aurora Energia il 2 aprile e non rispondono.
Grazie
T. Bernabei"""


def test_a_letter_gives_all_its_fields(models: Models) -> None:
    code = "BRNTLL61C42L117" + check_character("BRNTLL61C42L117")
    found = mail(models, LETTER.format(code=code))
    assert said(found, "applicant.first_name") == "Tullia"
    assert said(found, "applicant.last_name") == "Bernabei"
    assert said(found, "applicant.tax_code") == code
    assert said(found, "applicant.email") == "tullia@posta.example"
    assert said(found, "applicant.phone") == "+393475566778"
    assert said(found, "applicant.address") == "Via del Rivo 18, 05100 Terni"
    assert said(found, "supply.pod") == "IT001E44556677"
    assert said(found, "supply.customer_code") == "LA-30 441"
    assert said(found, "supply.supplier") == "Lumen Aurora Energia"
    assert said(found, "sender_kind") == "private"


def test_evidence_tells_where_a_code_stands(models: Models) -> None:
    found = mail(
        models,
        "vedi allegato",
        attachments=(
            Attachment(filename="b.pdf", kind="bill", text="Pluvia Acque\nPOD IT001E44556677\nTotale da pagare 88,00"),
        ),
    )
    best = found.best("supply.pod")
    assert best is not None
    evidence = best.evidence[0]
    assert (evidence.document, evidence.page, evidence.text) == (0, 0, "IT001E44556677")
    assert evidence.box is not None and evidence.box[0] < evidence.box[2]


def test_the_lawyer_is_no_applicant_but_a_delegate(models: Models) -> None:
    body = "In nome e per conto del mio assistito sig. Rossi Mario chiedo la conciliazione con Sorgenia.\nAvv. Livia Conti\nForo di Bari"
    found = mail(models, body, name="Avv. Livia Conti")
    assert said(found, "sender_kind") == "delegate"


def test_a_daughter_who_types_for_her_father_is_no_delegate(models: Models) -> None:
    body = "Mi chiamo Arturo Bernabei, scrivo dalla posta di mia figlia Tullia perché io il computer non lo so usare.\nMi hanno tolto il bonus della luce. Chiedo aiuto.\nArturo Bernabei"
    found = mail(models, body)
    assert said(found, "sender_kind") == "private"
    assert said(found, "applicant.first_name") == "Arturo"


def test_a_company_is_a_legal_person(models: Models) -> None:
    body = (
        "La scrivente TESSITURA ALFA S.r.l., in persona del legale rappresentante, contesta la fattura di Axpo Energia."
    )
    assert said(mail(models, body, name="TESSITURA ALFA S.R.L."), "sender_kind") == "legal_person"


@pytest.mark.parametrize(
    "body",
    [
        "PARROCCHIA DI SAN ROCCO\nvia Chiesa 4, 62020 Gualdo\n\nLa luce della nostra chiesa costa il doppio da quando è "
        "arrivata Edison Energia. Ho scritto in ottobre, non rispondono. Chiedo la conciliazione.\ndon Ivo Neri, parroco",
        "Chiediamo l'intervento per la bolletta del gas della casa di riposo, Eni Plenitude non risponde al reclamo di "
        "maggio.\nSuor Agnese Testa, superiora pro tempore\nCasa di riposo Sacro Cuore",
    ],
)
def test_who_writes_for_a_body_is_no_private_person(models: Models, body: str) -> None:
    assert said(mail(models, body), "sender_kind") != "private"


def test_the_answer_goes_where_it_is_asked_for(models: Models) -> None:
    body = "Chiedo chiarimenti sul bonus. Per la risposta scrivetemi a casa.bernabei@altra.example, la PEC non la leggo.\nTullia Bernabei"
    assert said(mail(models, body, channel=Channel.PEC), "applicant.email") == "casa.bernabei@altra.example"


def test_a_wrong_tax_code_is_told_not_used(models: Models) -> None:
    found = mail(models, "codice fiscale RSSMRA80A01H501X, Mario Rossi", name="Mario Rossi")
    assert said(found, "applicant.tax_code") is None
    assert [f.value for f in found.all("broken_identifier")] == ["RSSMRA80A01H501X"]


def test_two_pods_in_two_papers_are_a_disagreement(models: Models) -> None:
    papers = tuple(
        Attachment(
            filename=f"bolletta{n}.pdf", kind="bill", text=f"Sorgenia\nBolletta\nPOD {pod}\nTotale da pagare 88,00"
        )
        for n, pod in enumerate(("IT001E44556677", "IT012E99887766"))
    )
    found = mail(models, "ecco le bollette", attachments=papers)
    assert [f.value for f in found.all("disagreement")] == ["supply.pod"]


def test_a_code_in_the_subject_comes_before_one_in_the_quoted_text(models: Models) -> None:
    found = mail(
        models, "come richiesto", subject="Re: pratica SPCEN 412093/2026", quoted="vecchia pratica SPCEN 111222"
    )
    assert said(found, "case_code") == "SPCEN412093"


def test_a_code_only_in_our_quoted_answer_is_found(models: Models) -> None:
    found = mail(models, "vi ringrazio", quoted="> Riferimento pratica SPCEN\n> 229640/2026 (da citare)")
    assert said(found, "case_code") == "SPCEN229640"


def test_a_fax_is_divided_into_its_papers(models: Models) -> None:
    found = fax(
        models,
        "Terni, 4 maggio 2026\n\nSpett.le Sportello,\nchiedo la conciliazione con Sorgenia per il conguaglio.\n(segue)",
        "- pagina 2 -\nIl reclamo del 2 marzo è rimasto senza risposta.\n\nDistinti saluti\nTullia Bernabei\n[FIRMA]",
        "Terni, 2 marzo 2026\n\nSpett.le Sorgenia - Ufficio reclami\n\nContesto il conguaglio e chiedo il ricalcolo.\nTullia Bernabei [FIRMA]",
        "",
        "Sorgenia\nBolletta gas n. 99\nIntestatario Tullia Bernabei\nMateria gas 100,00\nTotale da pagare 140,00 entro il 30/04/2026",
        CARD,
    )
    assert [(p.first_page, p.pages, p.kind) for p in found.papers] == [
        (0, 2, PaperKind.REQUEST_FORM),
        (2, 1, PaperKind.COMPLAINT),
        (4, 1, PaperKind.BILL),
        (5, 1, PaperKind.IDENTITY_DOCUMENT),
    ]
    assert said(found, "signature") == "present"


def test_a_sheet_of_nothing_but_address_and_signature_goes_with_the_letter_before_it(models: Models) -> None:
    found = fax(
        models,
        "Spoleto, 3 marzo 2026\n\nSpettabile Sportello,\nil gas di gennaio è venuto 812 euro e io non lo consumo.\n"
        "Ho reclamato e mi hanno detto di no.\nVi chiedo di chiamarli a un tavolo con me.",
        "Oreste Baldoni - Via dei Filosofi 8, 06049 Spoleto\ntelefono 0743 220118\n\n[FIRMA]  Oreste Baldoni",
        "Spoleto, 2 febbraio 2026\n\nSpett.le Sorgenia - Ufficio reclami\n\nContesto il conguaglio.\nOreste Baldoni [FIRMA]",
        "Sorgenia\nProt. 118 del 20/02/2026\nEgr. Sig. Baldoni, in esito al reclamo del 2/2/2026 confermiamo la fattura.",
    )
    assert [(p.first_page, p.pages) for p in found.papers] == [(0, 2), (2, 1), (3, 1)]


def test_the_fax_header_is_not_the_writer_s_word(models: Models) -> None:
    found = fax(
        models,
        "27-10-2026 10:03 +39 070 542299 SPORTELLO ENERGIA AMBIENTE PAG. 01/01\n\nBuongiorno, chiedo cosa sono gli oneri di sistema.\nGrazie\nTullia Bernabei",
    )
    assert said(found, "applicant.phone") is None


@pytest.mark.parametrize(("valid", "read"), [(True, "digital"), (None, "digital"), (False, None)])
def test_a_digital_signature_that_does_not_fit_its_document_is_none(
    models: Models, valid: bool | None, read: str | None
) -> None:
    text = (
        "Allo Sportello per il consumatore. Il sottoscritto Tullia Bernabei chiede la conciliazione con Enel Energia."
    )
    scenario = Scenario(
        id="t", author="t", channel=Channel.EMAIL, envelope={"from_email": "tullia@posta.example"}, body="In allegato.",
        attachments=(Attachment(filename="richiesta.pdf", text=text, kind="request_form"),),
    )  # fmt: skip
    envelope, submission, documents = build(scenario)
    documents = tuple(replace(d, signers=(Signer(name="Tullia Bernabei", valid=valid),)) for d in documents)
    assert said(examine(envelope, submission, documents, models=models), "signature") == read


def test_a_drawn_signature_on_the_card_alone_is_no_signed_request(models: Models) -> None:
    found = mail(
        models,
        "vorrei sapere chi è il mio fornitore",
        attachments=(Attachment(filename="ci.jpg", kind="identity_document", text=CARD),),
    )
    assert found.best("signature") is None
    assert [p.kind for p in found.papers] == [PaperKind.IDENTITY_DOCUMENT]


def test_a_complaint_quoted_in_full_is_told(models: Models) -> None:
    quoted = "> Spett. Hera Comm, con la presente faccio reclamo: dal 1 novembre sono con un altro fornitore e voi mi avete fatturato ancora. Chiedo l'annullamento della fattura di dicembre e la restituzione di quanto pagato."
    assert mail(models, "ecco tutto", quoted=quoted).best("quoted_complaint") is not None


def test_the_same_letter_by_another_channel_has_the_same_digest(models: Models) -> None:
    words = "Chiedo la conciliazione con Sorgenia per il conguaglio del gas, reclamo senza risposta.\nTullia Bernabei"
    one, other = mail(models, words), mail(models, words.replace("\n", "\n\n"))
    assert said(one, "content_digest") == said(other, "content_digest")
    assert said(one, "minhash") == said(other, "minhash")


def test_many_names_are_no_counterpart(models: Models) -> None:
    body = "Vorrei cambiare: Octopus propone 0,13, NeN la rata, Pulsee il PUN. Come si confrontano?"
    assert said(mail(models, body), "supply.supplier") is None


def test_an_empty_item_gives_an_examination(models: Models) -> None:
    found = mail(models, "", name=None, subject="")
    assert said(found, "applicant.first_name") is None
    assert found.papers == ()


@pytest.mark.parametrize(
    ("body", "supplier"),
    [
        ("Ero con Illumia, adesso Sorgenia mi chiede due volte lo stesso mese.", "Sorgenia"),
        ("Voglio tornare con A2A Energia. Il contratto di Wekiwi non l'ho mai firmato.", "Wekiwi"),
        ("Ho reclamato a Enel Energia, quello nuovo; il vecchio fornitore Acea Energia non c'entra.", "Enel Energia"),
        (
            "Il tecnico di Unareti ha ragione, ma la bolletta di Edison Energia resta sbagliata e a loro ho scritto.",
            "Edison Energia",
        ),
        ("Chiedo la conciliazione nei confronti di e-distribuzione per gli sbalzi di tensione.", "e-distribuzione"),
        ("La società si chiama Fonte Chiara Multiutility e mi ha mandato un avviso.", "Fonte Chiara Multiutility"),
        ("Il gestore è Alta Valle Servizi Idrici.", "Alta Valle Servizi Idrici"),
        ("Mi spiegate gli oneri di sistema?", None),
    ],
)
def test_the_supplier_is_the_counterpart(models: Models, body: str, supplier: str | None) -> None:
    assert said(mail(models, body), "supply.supplier") == supplier


def test_a_listed_name_is_known_with_a_letter_misread(models: Models) -> None:
    found = fax(
        models,
        "Spett.le Sportello,\nla bolletta di Servizio E1ettrico Nazionale non è giusta.\nGrazie\nTullia Bernabei",
    )
    assert said(found, "supply.supplier") == "Servizio Elettrico Nazionale"


def test_a_page_without_its_letter_is_still_given_a_kind(models: Models) -> None:
    found = fax(
        models,
        CARD,
        "INTESA\nContabile di bonifico\nOrdinante Tullia Bernabei\nBeneficiario Sorgenia\nImporto 88,00\nData valuta 03/02/2026",
    )
    assert [p.kind for p in found.papers] == [PaperKind.IDENTITY_DOCUMENT, PaperKind.PAYMENT_RECEIPT]


@pytest.mark.parametrize(
    ("filename", "text", "kind"),
    [
        ("a.pdf", "CAMERA DI COMMERCIO\nVisura ordinaria\nForma giuridica: srl", PaperKind.COMPANY_RECORD),
        ("b.pdf", "DELEGA\nIo sottoscritta delego mia figlia a rappresentarmi nella pratica.", PaperKind.DELEGATION),
        ("c.pdf", "Sorgenia\nProposta di contratto\nOfferta prezzo fisso\nFirma del cliente", PaperKind.CONTRACT),
        ("d.pdf", "Attestazione ISEE 2026\nNucleo familiare: 3\nISEE ordinario: 8.000,00", PaperKind.OTHER),
        ("registrazione.mp3", "", PaperKind.OTHER),
        ("e.pdf", "P<ITABERNABEI<<TULLIA<<<<<<<<<<<<<<<<<<\nPASSAPORTO", PaperKind.IDENTITY_DOCUMENT),
    ],
)
def test_papers_are_told_by_what_they_say(models: Models, filename: str, text: str, kind: PaperKind) -> None:
    found = mail(models, "allego", attachments=(Attachment(filename=filename, kind="other", text=text),))
    assert [p.kind for p in found.papers] == [kind]


@pytest.mark.parametrize(
    "unit", ["-", "<", "Enel ", "pdr ", "via roma 1 ", "Aa ", "1.", "s p c e n ", "mia madre ", "\n", "("]
)
def test_endless_repetition_costs_no_more_than_a_long_letter(models: Models, unit: str) -> None:
    started = process_time()
    mail(models, unit * (20_000 // len(unit)))
    assert process_time() - started < 3


def test_a_supplier_one_is_content_with_is_not_the_one_it_is_about(models: Models) -> None:
    for praise in ("ora sto con Octopus e di Octopus sono contento", "la luce adesso ce l'ho con Octopus e va bene"):
        found = mail(models, f"Engie mi ha addebitato un CMOR di 143 euro che non devo; {praise}.\nIvo Cattaneo")
        assert said(found, "supply.supplier") == "Engie"


def test_the_writer_s_own_form_of_a_supplier_s_name_comes_before_that_of_the_papers(models: Models) -> None:
    bill = Attachment(filename="bolletta.pdf", kind="bill", text="Eni Plenitude\nBolletta gas\nTotale da pagare 88,00")
    found = mail(models, "Plenitude mi ha mandato un conguaglio sbagliato.\nIvo Cattaneo", attachments=(bill,))
    assert said(found, "supply.supplier") == "Plenitude"
