"""Whose is it: of several companies, telephones, codes, names and streets in a letter, the one that is meant."""

from __future__ import annotations

import pytest

from classifier.examining import Models
from tests.classifier.asking import said, said_on_paper


@pytest.mark.parametrize(
    ("body", "supplier"),
    [
        (
            "Fino a maggio stavo con Illumia, ora sto con Sorgenia e di Sorgenia sono contento. Nella bolletta di "
            "luglio Sorgenia mi trovo una riga CMOR. Sorgenia mi dice che non la può togliere. A Illumia ho fatto "
            "raccomandata a giugno, l'avevo pagata.",
            "Illumia",
        ),
        (
            "Ho mandato la disdetta a Edison Energia e continua a fatturare. "
            "Adesso la luce ce l'ho con Pulsee e va bene.",
            "Edison Energia",
        ),
        (
            "Aspetto i 35 euro saltati. Ho guardato tre bollette di Carso Luce: Carso Luce dice di aspettare. "
            "e-distribuzione dice che non ero in casa. Carso Luce non c'entra, esegue.",
            "e-distribuzione",
        ),
        (
            "Io sono sempre stato con il servizio elettrico nazionale e adesso mi telefonano che finisce. "
            "Posso restare dove sono?",
            "Servizio Elettrico Nazionale",
        ),
        ("La riduzione sui rifiuti si chiede al Comune, all'Amiat o da un'altra parte ancora?", None),
        ("CMOR di 210 euro. Ho reclamato con il vecchio fornitore Wekiwi e dicono che è dovuto.", "Wekiwi"),
        ("Due giovani col tesserino finto di Enel girano, poi arriva un contratto di Vesta Gas.", "Vesta Gas"),
    ],
    ids=[
        "content with the new",
        "and all is well",
        "has no part",
        "always with them",
        "one of the offices",
        "complained to the old one",
        "posed as",
    ],
)
def test_of_several_companies_the_counterpart_is_told(models: Models, body: str, supplier: str | None) -> None:
    assert said(models, "supply.supplier", body) == supplier


@pytest.mark.parametrize(
    ("body", "supplier"),
    [
        ("Non sono del Comune: sono della Energia Sabina Nuova e fanno firmare i vecchi.", "Energia Sabina Nuova"),
        ("Mi ha detto il nome di chi lo manda, una certa «Carso Est Servizi», che non conosco.", "Carso Est Servizi"),
        ("Le fermate sono piene della campagna di Altogas Cilento: prezzo fermo per sempre.", "Altogas Cilento"),
        ("DOPO UN MESE ARRIVA IL CONTRATTO DI UNA TALE\nCALORE POWER. NOI NON ABBIAMO FIRMATO.", "CALORE POWER"),
        ("Sono cliente di Norba Gas, prima di Dauno Metano. Ho scritto a Dauno a maggio: niente.", "Dauno Metano"),
    ],
    ids=["the sector first", "in quotation marks", "a campaign", "over the line's end", "in short afterwards"],
)
def test_companies_of_no_list_are_known_by_what_is_told_of_them(models: Models, body: str, supplier: str) -> None:
    assert said(models, "supply.supplier", body) == supplier


def test_the_company_at_the_head_of_an_enclosed_complaint_is_its_addressee(models: Models) -> None:
    head = "Norcia, 1 dicembre 2025\nFiamma Nursina srl - via Roma\n"
    complaint = head + "Mi lamento del riscaldamento freddo e chiedo lo sconto.\nAda Lupi"
    body = "I termosifoni sono freddi da novembre. Ho reclamato e nessuno risponde.\nAda Lupi"
    assert said(models, "supply.supplier", body, ("complaint", complaint)) == "Fiamma Nursina"


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("Piero Zanca\n347/5512093\n\nP.S. La signora che chiamava aveva il 02 7719 3345.", "+393475512093"),
        (
            "mi arriva pure il messaggino del recupero crediti dal 0536 1177334\npiero zanca 348 5512093",
            "+393485512093",
        ),
        ("IL NUMERO CHE CHIAMA E' SEMPRE 0975 110 2233 E CAMBIA L'ULTIMA CIFRA.", None),
        ("Il numero 0422 1533201 che vedete sul foglio è di quei signori, non il mio.", None),
        ("DA: ZANCA PIERO - ADRIA - TEL FAX 0426 331207", "+390426331207"),
    ],
    ids=["the caller's", "the collector's", "rings from", "told whose", "telephone and fax"],
)
def test_a_callers_number_is_not_the_writers(models: Models, text: str, phone: str | None) -> None:
    assert said(models, "applicant.phone", f"Buongiorno, scrivo per il contratto del gas.\n{text}\n") == phone


def test_an_o_in_a_typed_telephone_is_a_nought(models: Models) -> None:
    letter = "ROSATI Elio\nVia Eugubina 12\n06125 PERUGIA\nTel. O75 - 5711882\n\nVorrei sapere dell'acqua."
    assert said_on_paper(models, "applicant.phone", letter) == "+390755711882"


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("Mi chiamo Maria Assunta Piras, detto a mia nipote. Vi saluto\nMaria Assunta", "Maria Assunta", "Piras"),
        ("Che cosa pago?\n\nGraziella Verzot", "Graziella", "Verzot"),
        ("Cordiali saluti\nAda Dalla Pozza\nVia Roma 3, 36100 Vicenza", "Ada", "Dalla Pozza"),
        ("Con tanti auguri\n\nAdalgisa Bedin\nContrà San Rocco 3, 36100 Vicenza", "Adalgisa", "Bedin"),
    ],
    ids=["two given names", "Graziella begins like grazie", "particle", "no street's name"],
)
def test_names_are_told_whole(models: Models, text: str, first: str, last: str) -> None:
    body = f"Buongiorno, scrivo per la luce.\n{text}\n"
    assert said(models, "applicant.first_name", body) == first
    assert said(models, "applicant.last_name", body) == last


def test_a_name_that_no_list_has_signs_above_its_street(models: Models) -> None:
    letter = (
        "Nel paese le bollette dell'acqua arrivano sempre tardi.\nSaluti\n\nZosio Urrai\nVia Sardegna 9, 08040 Ulassai"
    )
    assert said_on_paper(models, "applicant.last_name", letter) == "Urrai"


def test_the_complaint_tells_the_name_that_the_mailbox_bears_out(models: Models) -> None:
    head = "Termoli, 2/4/2026\nA: Sorgenia - reclami\nCliente: Chiara Di Iorio, via Asia 3, 86039 Termoli\n"
    complaint = head + "Il prezzo era fisso. Chiedo lo storno."
    body = "prezzo bloccato e aumentato lo stesso. reclamo allegato, dati nel reclamo."
    papers = ("complaint", complaint)
    assert said(models, "applicant.last_name", body, papers, box="chi.diiorio@posta.example") == "Di Iorio"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("cliente E 882 0051", "E 882 0051"),
        ("contratto calore UT 77210", "UT 77210"),
        ("PLENITUDE   COD. CLI. 612 884 2290", "612 884 2290"),
    ],
    ids=["a letter leads", "of the heat", "abbreviated"],
)
def test_customer_codes_are_told_in_short(models: Models, text: str, code: str) -> None:
    assert said(models, "supply.customer_code", f"Bolletta alta, chiedo aiuto.\n{text}\n") == code


def test_the_number_of_a_disowned_contract_is_no_customers(models: Models) -> None:
    complaint = "Bari 12/1/2026\nSpett. Enegan\nNon ho fatto il contratto n. EN-0077120. Reclamo.\nAda Lupi"
    assert said(models, "supply.customer_code", "Non ho firmato niente.\nAda Lupi", ("complaint", complaint)) is None


@pytest.mark.parametrize(
    ("number", "code"), [("QX-0044781", "QX-0044781"), ("QX-25-88213", None), ("QX/2026/0044", None)]
)
def test_a_contract_counted_within_its_year_is_no_customer(models: Models, number: str, code: str | None) -> None:
    letter = f"Chiedo la conciliazione con Enegan per la bolletta alta.\nContratto n. {number}\nAda Lupi"
    assert said(models, "supply.customer_code", letter) == code


@pytest.mark.parametrize(
    ("text", "pdr"),
    [
        ("luce IT001E60418837, gas 01613 0004 55 218", "01613000455218"),
        ("Il numero del contatore, quello di 14 cifre, è 03180 00055 1208.", "03180000551208"),
        ("Ho pagato il gas 120 euro, fattura 4471 0098 2210 77.", None),
    ],
    ids=["beside the light's", "told by its length", "an invoice's"],
)
def test_a_gas_point_is_known_in_groups_of_the_writers_own(models: Models, text: str, pdr: str | None) -> None:
    assert said(models, "supply.pdr", f"Buongiorno.\n{text}\nGrazie") == pdr


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Ada Lupi\nBaluardo Lamarmora 9, 28100 Novara", "Baluardo Lamarmora 9, 28100 Novara"),
        ("via Casilina 88 int 6 - 00177 Roma\n380 199 0000\nnegozio non c'entra", "Via Casilina 88, 00177 Roma"),
        ("Da settimane, nella scala B di via Cibrario 12 a Torino, telefona un signore.", None),
    ],
    ids=["bulwark", "a shop in the line below", "where it happens"],
)
def test_streets_are_the_writers_or_a_scenes(models: Models, text: str, address: str | None) -> None:
    found = said(models, "applicant.address", f"Buongiorno, scrivo per la luce.\n{text}\n")
    assert (found or "").lower() == (address or "").lower()


def test_the_complaints_head_tells_the_address_below_the_company(models: Models) -> None:
    head = "Manduria, 19 gennaio 2026\nAcquedotto Pugliese S.p.A.\nAda Lupi, Via Aosta 20, 74024 Manduria (TA)\n"
    complaint = head + "Reclamo: chiedo il bonus.\nAda Lupi"
    body = "il bonus acqua non arriva. reclamo allegato\nAda Lupi"
    assert said(models, "applicant.address", body, ("complaint", complaint)) == "Via Aosta 20, 74024 Manduria"


WRAPPED = "Potete rispondere in Via Roma 8, 81030 Casaluce oppure telefonare {}\nSaluti\nAda Lupi"


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        (WRAPPED.format("al 347\n660 2281."), "applicant.phone", "+393476602281"),
        (WRAPPED.format("a casa, cliente 1019 774\n208"), "supply.customer_code", "1019 774 208"),
        (
            "Codice POD della fornitura di casa mia IT001E41907733\n347 612 2281\nAda",
            "applicant.phone",
            "+393476122281",
        ),
    ],
    ids=["telephone", "customer code", "two numbers in two lines"],
)
def test_a_number_that_a_full_line_breaks_is_read_whole(models: Models, text: str, kind: str, value: str) -> None:
    assert said_on_paper(models, kind, text) == value


def test_a_surname_misread_once_is_told_as_the_other_places_have_it(models: Models) -> None:
    letter = "DA: Gaudenzio Roifo, Borgosesia\n\nHo scritto io, Rolfo, per la luce.\n\nRolfo\n0163 22 901"
    assert said_on_paper(models, "applicant.last_name", letter) == "Rolfo"


@pytest.mark.parametrize(
    ("box", "address"),
    [("no-reply@premi.example", None), ("newsletter@premi.example", None), ("noemi.r@p.example", "noemi.r@p.example")],
)
def test_a_mailbox_at_which_nobody_reads_is_no_ones_address(models: Models, box: str, address: str | None) -> None:
    assert said(models, "applicant.email", "Le bollette salgono ancora, lo sapeva?", box=box) == address


def test_no_name_is_signed_in_the_middle_of_a_sentence(models: Models) -> None:
    letter = (
        "Mio marito e io abbiamo sempre pagato la bolletta del gas.\n\nA parlarci da soli si fa\n\n"
        "brutto sangue e Bruno\nha il cuore debole.\n\nChiedo aiuto.\nDal Monte Iole"
    )
    assert said_on_paper(models, "applicant.last_name", letter) == "Dal Monte"
