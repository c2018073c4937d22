"""Absences, receipts, complaints and home-made reports in many languages, and the letters of people who tell of them.

All mails here are of our own making, worded as servers, clients and responders word theirs.
"""

from __future__ import annotations

from textwrap import dedent

import pytest

from mailroom.envelope import Automatic, AutomaticKind, Channel
from mailroom.item import Hints
from parsers.opening import open_arrival

SURE = 0.9
"""Below it the house rules take a mail for a letter."""

RETURNS = (
    """\
        From: noreply@antispam.example
        Return-Path: <>
        Subject: Il tuo messaggio è stato respinto

        Il tuo messaggio a ada@posta.example è stato respinto: 550 5.7.1
        """,
    """\
        From: MAILER-DAEMON@gmx.example
        Return-Path: <>
        Subject: Mail delivery failed: returning message to sender

        Diese E-Mail wurde automatisch erzeugt.
        Folgende Adresse konnte nicht erreicht werden:
        <ada@posta.example>
        Grund: 550 Requested action not taken: mailbox unavailable

        --- Es folgt die Kopfzeile der Originalnachricht ---
        """,
    """\
        From: Postmaster <postmaster@firma.example>
        Subject: Unzustellbar: Risposta alla sua richiesta

        Ihre Nachricht hat einige oder alle Empfänger nicht erreicht.

              Betreff: Risposta

        Die folgenden Empfänger konnten nicht erreicht werden:

              ada@posta.example am 17.03.2026 21:22
                    Die E-Mail-Adresse ist unbekannt. <mx.firma.example #5.1.1>
        """,
    """\
        From: Mail Delivery System <MAILER-DAEMON@orange.example>
        Subject: Message non distribué

        Bonjour,
        Votre message n'a pas pu être remis au destinataire suivant :
        ada@posta.example
        Raison : boîte aux lettres pleine
        """,
    """\
        From: postmaster@entreprise.example
        Return-Path: <>
        Subject: Non remis : Risposta

        La remise à ces destinataires ou listes de distribution a échoué :

        ada@posta.example
        L'adresse de messagerie que vous avez entrée est introuvable.

        Informations de diagnostic pour les administrateurs :
        #550 5.1.1 RESOLVER.ADR.RecipNotFound
        """,
    """\
        From: MAILER-DAEMON@terra.example
        Subject: Devolución de correo

        Lo sentimos, su mensaje no ha podido ser entregado a <ada@posta.example>.
        Motivo: usuario desconocido
        """,
    """\
        From: Sistema de Correo <correo@empresa.example>
        Return-Path: <>
        Subject: Correo no entregado

        El mensaje no pudo ser entregado al siguiente destinatario: ada@posta.example
        550 buzón inexistente
        """,
    """\
        From: postmaster@empresa.example
        Subject: Não entregue: Risposta

        A entrega falhou para estes destinatários ou grupos:

        ada@posta.example
        O endereço de e-mail não foi encontrado. #550 5.1.1
        """,
    """\
        From: MAILER-DAEMON@mail.example
        Return-Path: <>
        Subject: メールを配信できませんでした

        以下の宛先にメールを配信できませんでした。
        <ada@posta.example>: 宛先不明
        """,
    """\
        From: MAILER-DAEMON@provider.example
        Subject: Niet-bezorgd bericht

        Uw bericht kon niet worden afgeleverd aan ada@posta.example. Reden: gebruiker onbekend 550 5.1.1
        """,
    """\
        From: mailer-daemon@mail.example
        Subject: Почта не доставлена

        Ваше сообщение не может быть доставлено: ada@posta.example
        550 пользователь не найден
        """,
    """\
        From: Microsoft Outlook <MicrosoftExchange329@ente.example>
        Subject: Non recapitabile: Risposta alla sua richiesta

        Impossibile recapitare il messaggio ai destinatari o gruppi seguenti:

        ada@posta.example
        L'indirizzo di posta elettronica immesso non è stato trovato.

        Informazioni di diagnostica per gli amministratori:
        Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound'
        """,
    """\
        From: postmaster@tin.example
        Return-Path: <>
        Subject: Casella piena

        La casella del destinatario ada@posta.example ha superato lo spazio disponibile: il messaggio è
        stato respinto.
        """,
    """\
        From: Posta elettronica <noreply@ente.example>
        Return-Path: <>
        Subject: Mancato recapito

        La informiamo che la Sua e-mail a ada@posta.example non è stata recapitata perché l'indirizzo è inesistente.
        """,
    """\
        From: Mail Delivery System <MAILER-DAEMON@ente.example>
        Subject: Avviso: messaggio in ritardo

        Il messaggio non è ancora stato consegnato a ada@posta.example. Il sistema riproverà per altri 3 giorni.
        """,
    """\
        From: Sistema di posta <postmaster@ente.example>
        Subject: Consegna del messaggio fallita

        Consegna non riuscita per i destinatari:
        ada@posta.example
        Motivo: dominio inesistente
        """,
    """\
        From: ada@posta.example
        Return-Path: <>
        Auto-Submitted: auto-replied
        Subject: Indirizzo non più attivo

        L'indirizzo ada@posta.example non è più attivo. Il suo messaggio non è stato recapitato.
        """,
    """\
        From: <>
        Return-Path: <>
        In-Reply-To: <r7@sportello.example>
        Auto-Submitted: auto-replied

        You sent mail to ada@posta.example. That is not a valid user here.
        """,
    """\
        From: Anti-Spam Gateway <spam-gw@corp.example>
        Return-Path: <>
        Subject: Message blocked

        Your message to ada@posta.example was rejected by our content filter: 554 5.7.1 Message rejected as spam
        """,
    """\
        From: Libero Mail <postmaster@libero.example>
        Return-Path: <>
        Subject: Avviso di mancata consegna

        Gentile Cliente,
        il messaggio da lei inviato non può essere recapitato perché la casella ada@libero.example è
        stata disattivata per inutilizzo.
        """,
    """\
        From: Virgilio <mailer-daemon@virgilio.example>
        Subject: Errore di consegna

        L'indirizzo ada@virgilio.example non esiste.
        """,
    """\
        From: <>
        Return-Path: <>
        Subject: Mailbox full

        The mailbox of ada@posta.example is full. Your message was not delivered.
        """,
    """\
        From: Antispam <antispam@ente.example>
        Return-Path: <>
        Subject: Messaggio bloccato

        Il messaggio inviato a ada@ente.example è stato bloccato dal filtro antispam (554).
        """,
)

ABSENCES = (
    """\
        From: carlo@ditta.example
        Subject: [Fuori ufficio] Risposta

        Non sono in servizio questa settimana.
        """,
    """\
        From: carlo@ditta.example
        Subject: Absence: Risposta

        Je suis actuellement absente.
        """,
    """\
        From: Carlo Neri <carlo@ditta.example>
        Subject: Risposta automatica: Risposta alla sua richiesta

        Sono in ferie fino al 20 agosto. Per urgenze chiamare il collega.
        """,
    """\
        From: Carlo <c@ditta.example>
        Auto-Submitted: auto-replied (vacation)
        Subject: Re: Risposta

        Sono fuori sede fino al 3.
        """,
    """\
        From: Carlo Neri <carlo@ditta.example>
        Subject: Assenza dall'ufficio

        Sono assente dall'ufficio fino al 10/03.
        """,
    """\
        From: Segreteria <segreteria@scuola.example>
        Subject: Risposta automatica: La Sua pratica SPCEN 400123/2026

        Gli uffici riaprono a settembre: la scuola rimarrà chiusa fino al 27. Quanto arriva sarà letto dopo il rientro.
        """,
    """\
        From: Protocollo <protocollo@ente.example>
        Subject: Risposta automatica: La Sua richiesta

        Messaggio generato dal sistema di protocollo. Si prega di non rispondere.
        """,
    """\
        From: Carlo Neri <carlo@ditta.example>
        Subject: Chiusura estiva (risposta automatica)

        Lo studio resterà chiuso per ferie dal 5 al 25 agosto.
        """,
    """\
        From: Assistenza <help@ditta.example>
        Auto-Submitted: auto-replied
        Precedence: bulk
        X-Auto-Response-Suppress: All
        Subject: [Ticket#2026031] Presa in carico della richiesta

        La tua richiesta è stata registrata con il numero 2026031. Messaggio generato automaticamente.
        """,
    """\
        From: c@ditta.example
        Precedence: junk
        Subject: [Automatyczna odpowiedź] Risposta

        Witam, jestem na urlopie.
        """,
    """\
        From: Carlo Neri <carlo@ditta.example>
        Subject: Out of Office Re: Risposta

        I'm on annual leave with no access to email.
        """,
    """\
        From: John <j@a.example>
        Return-Path: <>
        Precedence: bulk
        Subject: Thank you for your e-mail

        I will reply as soon as possible.
        """,
    """\
        From: Carlo Neri <carlo@ditta.example>
        Subject: Abwesenheitsnotiz

        Vielen Dank für Ihre Nachricht. Ich bin derzeit nicht im Büro und werde Ihre E-Mail nach meiner
        Rückkehr beantworten.
        """,
    """\
        From: Carlo Neri <carlo@ditta.example>
        Subject: Absence du bureau

        Je suis actuellement en congés, de retour le 20 mars.
        """,
    """\
        From: Carlo Neri <carlo@ditta.example>
        Subject: Fuera de la oficina

        Estaré de vacaciones hasta el 20. Gracias por su mensaje.
        """,
    """\
        From: Carlo Neri <carlo@ditta.example>
        Subject: Resposta automática: Risposta

        Estou fora do escritório até 20 de março.
        """,
    """\
        From: Carlo Neri <carlo@ditta.example>
        Subject: Automatisch antwoord: Risposta

        Ik ben afwezig tot 20 maart.
        """,
    """\
        From: Carlo Neri <carlo@ditta.example>
        Subject: 自動応答: Risposta

        ただいま不在にしております。
        """,
    """\
        From: Carlo Neri <carlo@ditta.example>
        Subject: Автоматический ответ: Risposta

        Меня нет в офисе до 20 марта.
        """,
    """\
        From: ada@posta.example
        X-Vacation: yes
        Subject: Re: Risposta

        Sono in ferie
        """,
    """\
        From: ada@posta.example
        X-Autogenerated: Reply
        Subject: Re: Risposta

        Sono in ferie
        """,
    """\
        From: ada@posta.example
        Delivered-To: Autoresponder
        Subject: Re: Risposta

        Grazie per il tuo messaggio, sono assente.
        """,
    """\
        From: Carlo Neri <carlo@ditta.example>
        Subject: Ferie estive

        Gentile Signore/a, i nostri uffici sono chiusi per ferie dall'8 al 26 agosto. Cordiali saluti
        """,
    """\
        From: Carlo Neri <carlo@ditta.example>
        Subject: Messaggio automatico

        Questa casella non è più attiva, scrivere a nuovo@x.example
        """,
    """\
        From: c@x.example
        In-Reply-To: <r7@sportello.example>
        Subject: Risposta automatica: Risposta

        Buongiorno,
        ho ricevuto la sua mail e risponderò appena possibile.
        Cordiali saluti
        """,
)

READ = (
    """\
        From: Ada <ada@posta.example>
        Subject: Letto: Risposta

        Il messaggio

           A: Ada
           Oggetto: Risposta
           Inviato: giovedì 7 maggio 2026 16:40:11

        è stato letto in data venerdì 8 maggio 2026 07:57:49.
        """,
    """\
        From: Ada <ada@posta.example>
        Subject: Non letto: Risposta

        Il messaggio inviato a Ada con oggetto Risposta è stato eliminato senza essere letto in data 17/03/2026.
        """,
    """\
        From: Ada <ada@posta.example>
        Subject: Lu : Risposta

        Votre message

           À : Ada
           Objet : Risposta

        a été lu le mardi 17 mars 2026.
        """,
    """\
        From: Ada <ada@posta.example>
        Subject: Gelesen: Risposta

        Ihre Nachricht

          An: Ada
          Betreff: Risposta

        wurde am Dienstag, 17. März 2026 gelesen.
        """,
)

LETTERS = (
    """\
        From: Ada Neri <ada@posta.example>
        Subject: Mail non recapitata

        Buongiorno, la mia mail al fornitore non è stata recapitata, mi dà errore 550 5.1.1 user
        unknown. Come faccio a mandare il reclamo?
        Ada Neri
        """,
    """\
        From: Ada Neri <ada@posta.example>
        Subject: Messaggio non recapitato

        Salve, ho mandato il reclamo e mi è tornato questo:

        Impossibile recapitare il messaggio. 550 5.1.1 <reclami@fornitore.example> user unknown

        Cosa devo fare?
        """,
    """\
        From: Ada Neri <ada@posta.example>
        Subject: Undelivered Mail Returned to Sender

        Vi giro quello che mi è arrivato:

        This is the mail system at host x.
        I'm sorry to have to inform you that your message could not be delivered.
        <reclami@fornitore.example>: host y said: 550 5.1.1 User unknown

        Reporting-MTA: dns; x
        Final-Recipient: rfc822; reclami@fornitore.example
        Status: 5.1.1
        """,
    """\
        From: Ada Neri <ada@posta.example>
        Subject: AVVISO DI MANCATA CONSEGNA: Reclamo bolletta

        Il giorno 15/11/2025 alle ore 18:21:03 nel messaggio con Oggetto "Reclamo" destinato all'utente
        "reclami@pec.fornitore.example" è stato rilevato il seguente errore: 5.1.1 indirizzo non valido.

        Potete dirmi l'indirizzo giusto?
        Ada Neri
        """,
    """\
        From: Ufficio Posta <postmaster@comune.example>
        Subject: Mancata consegna

        La bolletta della scuola non ci è arrivata: chiediamo un rimborso.
        """,
    """\
        From: Ada Neri <ada@posta.example>
        Subject: ferie e bolletta

        Ero in ferie e mi hanno staccato la luce. Sono in ferie fino al 20, potete scrivermi lì?
        """,
    """\
        From: Ada Neri <ada@posta.example>
        Subject: Assente alla lettura del contatore

        Sono assente di giorno e il letturista non trova nessuno.
        """,
    """\
        From: Ada Neri <ada@posta.example>
        Subject: Risposta automatica del fornitore

        Il fornitore mi manda solo una risposta automatica: "Grazie per averci contattato". Nient'altro da due mesi.
        """,
    """\
        From: Ada Neri <ada@posta.example>
        Subject: Letto: contatore sbagliato

        Hanno letto il contatore del vicino. Vi mando la foto. Chiedo la rettifica.
        """,
    """\
        From: Ada Neri <ada@posta.example>
        Subject: Conferma di lettura: 4521 kWh

        Questa è la lettura del contatore che ho comunicato e che il fornitore ignora.
        """,
    """\
        From: Ada Neri <ada@posta.example>
        Subject: I: Risposta automatica: reclamo

        Vedete cosa mi rispondono?

        Da: servizio@fornitore.example
        Oggetto: Risposta automatica: reclamo

        Grazie per averci contattato. Messaggio automatico.
        """,
    """\
        From: Ada Neri <ada@posta.example>
        Subject: R: Risposta automatica

        Grazie, attendo allora la vostra risposta. Il mio POD è IT001E12345678.
        """,
    """\
        From: Ada Neri <ada@posta.example>
        X-Auto-Response-Suppress: All
        Subject: Reclamo

        Buongiorno, chiedo un rimborso.
        """,
    """\
        From: Modulo <noreply@sito.example>
        Auto-Submitted: auto-generated
        Subject: Nuovo messaggio dal modulo

        Nome: Ada Neri
        Messaggio: la bolletta non torna, chiedo una verifica.
        """,
    """\
        From: Ada Neri <ada@posta.example>
        Subject: Unzustellbar

        Guten Tag, meine Beschwerde kam zurück: 550 5.1.1 Benutzer unbekannt, konnte nicht zugestellt
        werden. Was soll ich tun? Grüße, Ada
        """,
    """\
        From: Ada Neri <ada@posta.example>
        Subject: Message non remis

        Bonjour, mon courrier au fournisseur n'a pas pu être remis (550 5.1.1). Pouvez-vous m'aider ?
        Cordialement, Ada
        """,
    """\
        From: Ada Neri <ada@posta.example>
        Return-Path: <>
        Subject: Reclamo tornato

        Buongiorno, il reclamo torna: 550 5.1.1 user unknown, could not be delivered.
        """,
    """\
        From: Ada Neri <ada@posta.example>
        Subject: Delivery Status Notification (Failure)

        la mail al gestore ritorna, ecco:

        Address not found. Your message wasn't delivered to reclami@fornitore.example because the
        address couldn't be found.
        550 5.1.1

        Grazie
        Ada
        """,
    """\
        From: Ada Neri <ada@posta.example>
        Subject: Risposta automatica

        In allegato la risposta automatica del gestore e il mio reclamo.
        """,
    """\
        From: Ada Neri <ada@posta.example>
        Subject: Fuori sede

        Sono uno studente fuori sede e la bolletta la paga il proprietario: ho diritto al bonus?
        """,
    """\
        From: Ada Neri <ada@posta.example>
        Subject: Letto: il messaggio del gestore

        Il messaggio è stato letto ma nessuno risponde: il gestore non mi rimborsa da tre mesi.
        """,
    """\
        From: Ada Neri <ada@posta.example>
        Subject: Read: my meter

        My meter was read by somebody else on 3 March and the bill is wrong.
        """,
    """\
        From: Ada Neri <ada@posta.example>
        Subject: Casella piena

        La vostra casella è piena? La mia mail torna indietro.
        """,
    """\
        From: Ada Neri <ada@posta.example>
        In-Reply-To: <r7@sportello.example>
        Subject: R: Risposta alla sua richiesta

        Buongiorno, sono in ferie fino al 20, poi vi mando il documento. Ada
        """,
    """\
        From: Condominio <mailserver.admin@posta.example>
        Subject: Mail server

        Il nostro mail server non riceve le vostre risposte: 550 5.7.1 rejected. Scrivete qui.
        """,
)

REPORT = """\
    From: Ada <ada@posta.example>
    Subject: {subject}
    Content-Type: {around}; boundary=b

    --b

    Due parole.
    --b
    Content-Type: {inner}

    Final-Recipient: rfc822; ada@posta.example
    Feedback-Type: abuse
    --b--
    """


def signs(text: str) -> tuple[Automatic, ...]:
    head, _, body = dedent(text).partition("\n\n")
    return open_arrival(
        f"{head}\nMIME-Version: 1.0\n\n{body}".encode(), Hints(channel=Channel.EMAIL)
    ).envelope.automatic


def first(text: str) -> AutomaticKind | None:
    return next((sign.kind for sign in signs(text) if sign.confidence >= SURE), None)


@pytest.mark.parametrize("mail", RETURNS)
def test_a_server_that_returns_a_mail_is_known_in_its_own_language(mail: str) -> None:
    assert first(mail) is AutomaticKind.BOUNCE


@pytest.mark.parametrize("mail", ABSENCES)
def test_a_responder_is_known_by_its_headers_or_by_subject_and_words(mail: str) -> None:
    assert first(mail) is AutomaticKind.AUTO_REPLY


@pytest.mark.parametrize("mail", READ)
def test_a_receipt_without_its_structure_is_known_by_subject_and_words(mail: str) -> None:
    assert first(mail) is AutomaticKind.READ_RECEIPT


@pytest.mark.parametrize("mail", LETTERS)
def test_a_person_who_tells_of_machines_is_none(mail: str) -> None:
    assert first(mail) is None


@pytest.mark.parametrize("around", ["multipart/report; report-type=disposition-notification", "multipart/mixed"])
def test_a_receipt_is_known_by_its_structure_whatever_its_subject(around: str) -> None:
    mail = REPORT.format(subject="x", around=around, inner="message/disposition-notification")
    assert first(mail) is AutomaticKind.READ_RECEIPT


@pytest.mark.parametrize(
    "around", ["multipart/report; report-type=feedback-report", "multipart/report", "multipart/mixed"]
)
def test_a_complaint_is_known_by_its_structure(around: str) -> None:
    mail = REPORT.format(subject="x", around=around, inner="message/feedback-report")
    assert first(mail) is AutomaticKind.FEEDBACK_REPORT


def test_a_complaint_that_is_nothing_but_the_message_is_known_by_its_subject() -> None:
    mail = REPORT.format(subject="complaint about message from 192.0.2.1", around="multipart/mixed", inner="text/plain")
    alone = mail.replace("--b\n\n    Due parole.\n    --b", "--b").replace("text/plain", "message/rfc822")
    assert first(alone) is AutomaticKind.FEEDBACK_REPORT
    assert first(mail) is None


def test_a_providers_count_of_our_domain_is_a_report() -> None:
    mail = """\
        From: dmarc@provider.example
        Subject: Report Domain: sportello.example Submitter: provider.example Report-ID: 7
        Content-Type: application/gzip; name="provider.example!sportello.example!1!2.xml.gz"
        Content-Transfer-Encoding: base64

        H4sIAAAAAAAA
        """
    assert first(mail) is AutomaticKind.FEEDBACK_REPORT


@pytest.mark.parametrize("sender", ["Sistema <system@gateway.example>", "Ada Neri <ada@posta.example>"])
def test_a_reports_fields_in_a_file_count_only_where_a_machine_sent_them(sender: str) -> None:
    path = "<>" if "gateway" in sender else "<ada@posta.example>"
    mail = f"""\
        From: {sender}
        Return-Path: {path}
        Subject: Delivery report
        Content-Type: multipart/mixed; boundary=b

        --b

        In allegato i dettagli.
        --b
        Content-Type: text/plain; name=dettagli.txt
        Content-Disposition: attachment; filename=dettagli.txt

        Reporting-MTA: dns; mx.posta.example

        Final-Recipient: rfc822; ada@posta.example
        Action: failed
        Status: 5.1.1
        --b--
        """
    assert first(mail) is (AutomaticKind.BOUNCE if path == "<>" else None)


@pytest.mark.parametrize("said", ["no", "false", ""])
def test_a_header_that_denies_is_no_mark(said: str) -> None:
    assert not signs(f"From: ada@posta.example\nX-Autoreply: {said}\nSubject: Re: bolletta\n\nNon torna.")


def test_a_newsletter_with_an_empty_return_path_is_a_list_and_no_answer() -> None:
    head = "From: news@posta.example\nReturn-Path: <>\nPrecedence: bulk\nList-Unsubscribe: <mailto:via@posta.example>"
    assert {sign.kind for sign in signs(f"{head}\nSubject: Offerte\n\nLe offerte.")} == {AutomaticKind.MAILING_LIST}


RECEIPT = """\
    From: {sender}
    Subject: CONSEGNA: Risposta alla Sua richiesta

    Ricevuta di avvenuta consegna

    Il giorno 08/09/2026 alle ore 10:11:37 il messaggio è stato consegnato nella casella di destinazione.
    """


def test_a_receipt_that_lost_its_headers_is_known_by_the_providers_address_and_prescribed_words() -> None:
    assert first(RECEIPT.format(sender="posta-certificata@gestore.example")) is AutomaticKind.PEC_RECEIPT
    assert first(RECEIPT.format(sender="Ada Rossi <ada@posta.example>")) is None
