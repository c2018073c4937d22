"""What strangers' letters taught: turns of writing that an earlier version misread, each by its smallest example."""

from __future__ import annotations

import pytest

from classifier.examining import Models
from tests.classifier.asking import said, said_on_paper


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Affitto una casa con giardino in Via\nBaccina 9, 10124 Torino.", "Via Baccina 9, 10124 Torino"),
        ("Sto in affitto con mio figlio, Via Anelli 18, 35131 Padova.", "Via Anelli 18, 35131 Padova"),
        ("residente in Agnone (86081), contrada Maiella n. 22,", "contrada Maiella 22, 86081 Agnone"),
        ("Ivo Pasqualotto\nContrà San Bortolo 55\n36100 Vicenza", "Contrà San Bortolo 55, 36100 Vicenza"),
        ("abito adesso in via Cavour 207 a 70043 Monopoli da mia sorella.", "Via Cavour 207, 70043 Monopoli"),
        ("PETRINI SESTILIO VIA CAMELI 364100 TERAMO", "Via Cameli 3, 64100 Teramo"),
        ("VIA AURELIA 410 57016 ROSIGNANO SOLVAY", "Via Aurelia 410, 57016 Rosignano Solvay"),
        ("Rue de la Tour 7 - 11024 Châtillon (AO)", "Rue de la Tour 7, 11024 Châtillon"),
        ("Reclamo a HERA COMM S.p.A.\n\nIo, Via Flaminia 60, 62029 Tolentino", "Via Flaminia 60, 62029 Tolentino"),
        ("Borgo Cairoli 58 (fino a ieri in via Spalato 11)\n62100 Macerata", "Borgo Cairoli 58, 62100 Macerata"),
        ("ivi residente in via Liguria 130 (cap\n74121), C.F.", "Via Liguria 130, 74121 Taranto"),
    ],
    ids=[
        "broken line",
        "with her son",
        "postcode in brackets",
        "contrà",
        "preposition after the number",
        "number and postcode grown together",
        "hamlet under its town's postcode",
        "Aosta valley",
        "company above an empty line",
        "an aside before the postcode",
        "postcode alone behind a broken line",
    ],
)
def test_addresses_are_found_however_they_are_told(models: Models, text: str, address: str) -> None:
    found = said(models, "applicant.address", f"Buongiorno, scrivo per l'acqua.\n{text}\nGrazie.")
    assert found is not None
    assert found.lower() == address.lower()


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("STUDIO LEGALE CORVI\nCorso Duca 5, 10129 Torino\n\nSpett. Sportello\n", "Corso Duca 5, 10129 Torino"),
        ("PARROCCHIA DEL SOCCORSO\nPiazza Duomo 2 - Canosa di Puglia\n", "Piazza Duomo 2, Canosa di Puglia"),
        ("Allo Sportello, Via Guidubaldo Del Monte 45, 00197 Roma\n", None),
    ],
    ids=["head of an office", "without a postcode", "ours"],
)
def test_a_letter_on_paper_comes_from_the_address_in_its_head(models: Models, text: str, address: str | None) -> None:
    body = "Per conto della signora Ada Neri, Via Roma 1, 35100 Padova, contestiamo la fattura della luce. " * 5
    assert said_on_paper(models, "writer.address", text + body) == address


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Il codice utenza del condominio è IRA/204417-9.", "IRA/204417-9"),
        ("Codice fornitura WK-GAS-205518", "WK-GAS-205518"),
        ("il mio codice con Enegan 12 009 338", "12 009 338"),
        ("ho scritto a Octopus Energy (cod. OE-71-330918) due volte", "OE-71-330918"),
        ("ho chiamato il Servizio Clienti 800 552 866 tre volte", None),
    ],
    ids=["of the building", "of the supply", "with a company", "in brackets", "a telephone is none"],
)
def test_customer_codes_stand_behind_many_labels(models: Models, text: str, code: str | None) -> None:
    assert said(models, "supply.customer_code", f"Bolletta della luce.\n{text}\n") == code


def test_a_day_is_no_telephone(models: Models) -> None:
    assert said(models, "applicant.phone", "Al mio reclamo hanno risposto il 09.09.2025, dopo 118 giorni.") is None


def test_a_telephone_below_a_question_about_a_bill_is_no_bills_number(models: Models) -> None:
    body = "mi fate levare quella bolletta?\nGiada Luzi\n3452290071\n"
    assert said(models, "applicant.phone", body) == "+393452290071"


@pytest.mark.parametrize(
    ("text", "surname"),
    [
        ("Grazie.\n\nIvo Della Cagnoletta, via Albonico 5, 23037 Tirano", "Della Cagnoletta"),
        ("CHI SCRIVE E' CIAVARELLA MICHELE NATO A FOGGIA, MURATORE", "Ciavarella"),
        ("VE LA RIMANDO INTERA, SONO SEI FOGLI MA IL FAX NE PRENDE DUE.\n\nCIANCARELLA FERNANDO", "Ciancarella"),
        ("Con osservanza\nZerbinati Orfeo", "Zerbinati"),
        ("De Bona Elda\nVia Masi 14 - 32100 Belluno\ncodice fiscale DBN LDE 38M57 A757O", "De Bona"),
    ],
    ids=[
        "particle with a capital",
        "who writes is",
        "capitals that are no name",
        "surname first, in -i",
        "code in groups",
    ],
)
def test_surnames_are_told_from_other_words(models: Models, text: str, surname: str) -> None:
    assert said(models, "applicant.last_name", f"Buongiorno, scrivo per la luce.\n{text}\n") == surname


def test_a_mailbox_without_a_dot_is_called_after_its_owner(models: Models) -> None:
    body = "sono quello di sacile della pratica di maggio, mirko brugnera. allora la pago o no?"
    found = said(models, "applicant.last_name", body, box="mirkobrugnera@posta.example", name="mirko")
    assert found == "Brugnera"


@pytest.mark.parametrize(
    ("sender", "box", "surname"),
    [("lucio dg", "luciodg.rm@posta.example", None), ("Merceria Luigina", "merceria.luigina@posta.example", None)],
    ids=["initials", "a shop's mailbox"],
)
def test_what_a_mailbox_calls_itself_is_not_always_a_name(
    models: Models, sender: str, box: str, surname: str | None
) -> None:
    body = "L'acqua dello sconto non ha visto niente. Chi me lo deve?"
    assert said(models, "applicant.last_name", body, box=box, name=sender) == surname


def test_a_number_that_was_rung_up_is_not_the_writers(models: Models) -> None:
    assert said(models, "applicant.phone", "Bolletta della luce. Telefono allo 02 91731991 e mi dicono di no.") is None


def test_two_figures_behind_a_slash_belong_to_a_code_whose_check_digit_they_are(models: Models) -> None:
    body = "mi avete risposto con un foglio dove sta scritto\n{}\ne mi chiedete la bolletta intera"
    assert said(models, "case_code", body.format("SPCEN - 402 / 992 / 16")) == "SPCEN40299216"
    assert said(models, "case_code", body.format("SPCEN 402 992 / 26")) == "SPCEN402992"
    # The check digit of 40299216 is right by chance: a number in one piece is whole, what follows it is the year.
    assert said(models, "case_code", body.format("SPCEN/402992/16")) == "SPCEN402992"


def test_the_telephone_of_an_office_in_the_quoted_answer_is_not_the_writers(models: Models) -> None:
    quoted = "Gentile Cliente, il consumo è corretto. Per informazioni tel. 030 355 0001.\nIl Servizio Clienti"
    assert said(models, "applicant.phone", "Vi inoltro la risposta.\nNicola Treccani", quoted=quoted) is None


def test_a_subject_in_small_letters_signs_nothing(models: Models) -> None:
    body = "Ci hanno chiuso il gas. Cosa devo fare per farlo riaprire?\nDavide Orsini 3315540982"
    assert said(models, "applicant.last_name", body, subject="caldaia spenta da sabato") == "Orsini"


def test_a_name_behind_the_last_sentence_is_the_writers(models: Models) -> None:
    body = "nel contratto che ho firmato a gennaio io non la vedo. Marcello Di Matteo"
    assert said(models, "applicant.last_name", body, subject="disdetta e penale") == "Di Matteo"


def test_a_name_that_no_list_has_is_known_by_the_mailbox_called_after_it(models: Models) -> None:
    text = "Torino, 22 ottobre\n\nPotete rispondere a anouk.lefebvre@sfr.example\n\nAnouk Lefebvre"
    assert said_on_paper(models, "applicant.last_name", text) == "Lefebvre"


@pytest.mark.parametrize(
    ("text", "supplier"),
    [
        ("Non protesto, Sibarit Luce è sempre stata corretta. Che carte servono per la voltura?", "Sibarit Luce"),
        ("Se l'Abruzzo Corrente oggi mi manda una bolletta del 2021, devo pagarla?", "Abruzzo Corrente"),
        ("DICONO CHE LA ZONA PASSA AD ALTRO GESTORE PER LEGGE", None),
    ],
    ids=["praised", "with an article", "capitals are no name"],
)
def test_companies_of_no_list_are_known_by_their_names_words(models: Models, text: str, supplier: str | None) -> None:
    assert said(models, "supply.supplier", text) == supplier


def test_who_asks_for_the_supplier_names_none(models: Models) -> None:
    body = (
        "Dal 1 ottobre vivo in Via Prepositura 14 a Trento. L'elettricità funziona ma non so chi la vende. Ho chiesto "
        "a Dolomiti Energia: a loro non risulto. Vi prego di dirmi chi è il fornitore e da quando."
    )
    assert said(models, "service", body) == "smart_info"
    assert said(models, "supply.supplier", body) is None
