"""Runs the Apache PDFBox "preflight" over every letter we can write, in both languages, and over a print run.

The only outside validator of PDF/A that a Debian package holds: ``apt-get install --no-install-recommends
libpdfbox2-java libactivation-java libjaxb-api-java default-jre-headless``. It knows part 1 only, so every letter is
drawn twice: as PDF/A-1b, which must be without a flaw, and as we send it (3a), where what part 3 allows and part 1 does
not is left out (`ALLOWED`). Its reader of metadata finds a namespace only where it is used: they are moved there first.
"""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pikepdf

from outbound import letter
from outbound.acknowledging import KINDS, AnswersConfig
from outbound.letter import Letter, print_run
from outbound.phrases import Language
from road.config import GatewayConfig
from road.templating import preview

JARS = Path("/usr/share/java")
NEEDED = ("preflight", "pdfbox2", "xmpbox", "fontbox2", "commons-logging", "javax.activation", "jaxb-api")
VALIDATOR = "org.apache.pdfbox.preflight.Validator_A1b"
NAMESPACES = (
    b'xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" '
    b'xmlns:dc="http://purl.org/dc/elements/1.1/"'
)
ALLOWED = (
    "/XRef cross reference streams are not allowed",  # they are since part 2 (ISO 19005-2, 6.1.4)
    "The CIDSet entry is missing",  # since part 2 it need not be there (6.2.11.4.2)
    "part must be 1",
)
STRANGE = Letter(
    subject="Strana \N{GRINNING FACE} \u4e2d\u6587",
    text="Gentile \ue000 \u4e2d\u6587,\n\n- uno\n- due\n\nSaluti\nLo Sportello",
    to=("\u4e2d\u6587 Neri", "37122 Verona"),
    case_code="SPCEN00000017",
    link="https://portale.example/ritira/x",
)


def main() -> int:
    missing = [name for name in NEEDED if not (JARS / f"{name}.jar").exists()]
    if missing:
        print(f"not in {JARS}: {', '.join(missing)} (see the head of bench/preflight.py)")
        return 2
    with TemporaryDirectory(prefix="preflight-") as folder:
        flaws = [line for name, pdf, part in drawn() for line in complaints(Path(folder) / f"{name}.pdf", pdf, part)]
    print("\n".join(flaws) or "no flaw")
    return 1 if flaws else 0


def drawn() -> Iterator[tuple[str, bytes, int]]:
    """Name, PDF and part of the norm of every letter."""
    for part, variant in ((1, "pdf/a-1b"), (3, "pdf/a-3a")):
        with patch.dict(letter._AS_PDF, pdf_variant=variant):
            for kind in KINDS:
                for language in Language:
                    name = f"{kind}-{language.value}-{part}"
                    yield name, preview(kind, GatewayConfig(), language=language, form="pdf"), part
            plain = Letter(subject="Breve", text="Gentile Ada,\n\nsaluti", to=("Ada Neri",), case_code=None)
            yield f"run-{part}", print_run([STRANGE, plain], answers=AnswersConfig(), day=date(2026, 5, 4)), part


def complaints(path: Path, pdf: bytes, part: int) -> Sequence[str]:
    path.write_bytes(_with_namespaces_where_used(pdf))
    classes = ":".join(str(JARS / f"{name}.jar") for name in NEEDED)
    said = subprocess.run(["java", "-cp", classes, VALIDATOR, path], capture_output=True, text=True, check=False).stdout
    lines = [line for line in said.splitlines() if line and "is not a valid PDF/A-1b file" not in line]
    if not said:
        return [f"{path.name}: the validator said nothing"]
    if "is a valid PDF/A-1b file" in said:
        return ()
    return [f"{path.name}: {line}" for line in lines if part == 1 or not any(known in line for known in ALLOWED)]


def _with_namespaces_where_used(pdf: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        xmp = document.Root.Metadata.read_bytes()
        xmp = xmp.replace(b'<rdf:Description rdf:about=""', b'<rdf:Description rdf:about="" ' + NAMESPACES)
        kinds = {"Type": pikepdf.Name.Metadata, "Subtype": pikepdf.Name.XML}
        document.Root.Metadata = document.make_stream(xmp, **kinds)
        document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.preserve)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main())
