"""Mails for measuring and fuzzing the opening of arrivals: drawn from a seed, in the forms that mail programs send."""

from __future__ import annotations

import random
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy

_WORDS = ("bolletta", "conguaglio", "fornitore", "contatore", "reclamo", "gentile", "perché", "è", "così", "già",
          "più", "città", "utenza", "importo", "rimborso", "voltura", "recesso", "gas", "euro", "luglio")  # fmt: skip
_NAMES = ("Ada Neri", "Rossi, Carlo", "Niccolò D'Amato", "Ufficio Clienti", "Özgür Ünlü", "anna@posta.example")
_SERVERS = ("mx1.posta.example", "smtp-out.gestore.example", "localhost", "[192.0.2.7]")
_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n" + b"%" * 3000 + b"\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
_PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 120


def letter(dice: random.Random) -> bytes:
    """One well-formed mail: plain, with an HTML form, with files, or carrying another mail."""
    mail = EmailMessage(policy=SMTP)
    for hop in range(dice.randint(1, 5)):
        mail["Received"] = (
            f"from {dice.choice(_SERVERS)} by {dice.choice(_SERVERS)} with ESMTPS id {dice.randrange(16**8):x} "
            f"for <info@sportello.example>; Tue, 17 Mar 2026 21:2{hop}:00 +0100"
        )
    mail["From"] = f'"{dice.choice(_NAMES)}" <mittente{dice.randrange(999)}@posta.example>'
    mail["To"] = "Sportello <info@sportello.example>"
    mail["Subject"] = _line(dice, 6)
    mail["Date"] = f"Tue, 17 Mar 2026 21:{dice.randrange(60):02}:00 +0100"
    mail["Message-ID"] = f"<{dice.randrange(16**12):x}@posta.example>"
    text = "\n".join(_line(dice, 12) for _ in range(dice.randint(3, 25)))
    mail.set_content(text, cte=dice.choice(("8bit", "quoted-printable", "base64")))
    if dice.random() < 0.6:
        mail.add_alternative("".join(f"<p>{line}</p>" for line in text.split("\n")), subtype="html")
    if dice.random() < 0.3:
        mail.add_attachment(_PDF, maintype="application", subtype="pdf", filename=f"{_line(dice, 2)}.pdf")
    if dice.random() < 0.1:
        mail.add_attachment(_PICTURE, maintype="image", subtype="png", filename="foto.png")
    if dice.random() < 0.1:
        inner = EmailMessage(policy=SMTP)
        inner["Subject"], inner["From"] = _line(dice, 4), "altro@posta.example"
        inner.set_content(_line(dice, 20))
        mail.add_attachment(inner)
    return mail.as_bytes(policy=EmailPolicy(linesep=dice.choice(("\r\n", "\n")), max_line_length=998))


def mutated(raw: bytes, dice: random.Random) -> bytes:
    """The same mail after what goes wrong on the way: bytes, lines, ends, cuts, repeats."""
    data = bytearray(raw)
    for _ in range(dice.randint(1, 8)):
        if not data:
            break
        at, length = dice.randrange(len(data)), dice.randint(1, 200)
        match dice.randrange(8):
            case 0:
                data[at] = dice.randrange(256)
            case 1:
                del data[at : at + length]
            case 2:
                data[at:at] = data[at : at + length]
            case 3:
                data[at:at] = bytes(dice.randrange(256) for _ in range(length // 8))
            case 4:
                data = data.replace(b"\r\n", dice.choice((b"\n", b"\r", b"\r\r\n")), dice.choice((-1, 5)))
            case 5:
                del data[at:]
            case 6:
                other = dice.randrange(len(data))
                data[at:at] = data[other : other + 10 * length]
            case _:
                data[at:at] = dice.choice(_TRAPS)
    return bytes(data)


_TRAPS = (
    b"\r\n\r\n", b"--", b"=?utf-8?b?", b"?=", b"=?utf-7?q?+2AA-?=", b"\nbegin 644 a\n",
    b"\n=ybegin line=9 size=9 name=a\n",
    b"Content-Type: multipart/mixed; boundary=\n", b"Content-Type: message/rfc822\n\n", b"\0" * 9, b"\xff\xfe",
    b"Content-Transfer-Encoding: base64\n", b"Content-Transfer-Encoding: x-uuencode\n",
    b"charset=utf-16", b"charset=idna",
    b"filename*0*=utf-8''%ff; filename*99=x", b"(((((((", b"<<<<<", b'"', b"From x\n",
    b"Date: 99 Xxx 9999 99:99:99 +9999\n",
    b"X-Trasporto: posta-certificata\n", b"X-Ricevuta: \n", b"smime.p7s", b"MIIB", b"\x30\x80", b"PK\x03\x04", b"%PDF-",
)  # fmt: skip


def _line(dice: random.Random, words: int) -> str:
    return " ".join(dice.choice(_WORDS) for _ in range(dice.randint(1, words)))
