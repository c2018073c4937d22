"""File name extensions: what content each may hold without lying, and which of them name programs.

The left column is what people write, the right one what `parsers.media_type` finds in the bytes. Synonyms that
harm nobody stand together (Word itself has always written RTF into ``.doc``); a program under a picture's name is
in no row.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

WORD = "application/msword"
EXCEL = "application/vnd.ms-excel"
POWERPOINT = "application/vnd.ms-powerpoint"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
DOCM = "application/vnd.ms-word.document.macroenabled.12"
XLSM = "application/vnd.ms-excel.sheet.macroenabled.12"
PPTM = "application/vnd.ms-powerpoint.presentation.macroenabled.12"
XLSB = "application/vnd.ms-excel.sheet.binary.macroenabled.12"
ODF = "application/vnd.oasis.opendocument."
ODT, ODS, ODP, ODG = (ODF + kind for kind in ("text", "spreadsheet", "presentation", "graphics"))
FODT, FODS, FODP, FODG = (kind + "-flat-xml" for kind in (ODT, ODS, ODP, ODG))
MSG = "application/vnd.ms-outlook"
TNEF = "application/vnd.ms-tnef"
PGP = "application/x-pgp-message"
SIGNED = "application/pkcs7-mime"
SIGNATURE = "application/pkcs7-signature"
TIMESTAMPED = "application/timestamped-data"
EMAIL = "message/rfc822"
PROGRAM = "application/vnd.microsoft.portable-executable"
UNKNOWN = "application/octet-stream"

_TEXTS = frozenset({"text/plain", "text/csv", EMAIL, "application/json", "text/markdown"})
_XML = frozenset({"application/xml", "text/html", FODT, FODS, FODP, FODG, "image/svg+xml"})
_MPEG4 = frozenset({"audio/mp4", "video/mp4", "video/quicktime", "video/3gpp"})
_SIGNED = frozenset({SIGNED, SIGNATURE})

EXPECTED: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "pdf": frozenset({"application/pdf"}),
        "jpg": frozenset({"image/jpeg"}),
        "jpeg": frozenset({"image/jpeg"}),
        "jpe": frozenset({"image/jpeg"}),
        "jfif": frozenset({"image/jpeg"}),
        "png": frozenset({"image/png"}),
        "gif": frozenset({"image/gif"}),
        "bmp": frozenset({"image/bmp"}),
        "tif": frozenset({"image/tiff"}),
        "tiff": frozenset({"image/tiff"}),
        "webp": frozenset({"image/webp"}),
        "heic": frozenset({"image/heic", "image/heif"}),
        "heif": frozenset({"image/heic", "image/heif"}),
        "avif": frozenset({"image/avif"}),
        "svg": frozenset({"image/svg+xml", "application/xml"}),
        "doc": frozenset({WORD, "application/rtf"}),
        "dot": frozenset({WORD}),
        "rtf": frozenset({"application/rtf"}),
        "xls": frozenset({EXCEL}),
        "ppt": frozenset({POWERPOINT}),
        "pps": frozenset({POWERPOINT}),
        "docx": frozenset({DOCX}),
        "docm": frozenset({DOCM, DOCX}),
        "xlsx": frozenset({XLSX}),
        "xlsm": frozenset({XLSM, XLSX}),
        "xlsb": frozenset({XLSB}),
        "pptx": frozenset({PPTX}),
        "pptm": frozenset({PPTM, PPTX}),
        "odt": frozenset({ODT}),
        "ods": frozenset({ODS}),
        "odp": frozenset({ODP}),
        "odg": frozenset({ODG}),
        "fodt": frozenset({FODT, "application/xml"}),
        "fods": frozenset({FODS, "application/xml"}),
        "fodp": frozenset({FODP, "application/xml"}),
        "fodg": frozenset({FODG, "application/xml"}),
        "txt": _TEXTS | _XML,
        "csv": _TEXTS,
        "log": _TEXTS | _XML,
        "md": _TEXTS,
        "json": _TEXTS,
        "htm": _XML,
        "html": _XML,
        "xhtml": _XML,
        "xml": _XML,
        "eml": _TEXTS,
        "msg": frozenset({MSG, EMAIL}),
        "ics": frozenset({"text/calendar", "text/plain"}),
        "vcf": frozenset({"text/vcard", "text/plain"}),
        "mp3": frozenset({"audio/mpeg"}),
        "wav": frozenset({"audio/wav"}),
        "wma": frozenset({"audio/x-ms-wma", "video/x-ms-asf"}),
        "mwa": frozenset({"audio/x-ms-wma", "video/x-ms-asf", "audio/mp4", "audio/mpeg", "audio/wav"}),
        "wmv": frozenset({"video/x-ms-asf", "audio/x-ms-wma"}),
        "asf": frozenset({"video/x-ms-asf", "audio/x-ms-wma"}),
        "m4a": _MPEG4,
        "mp4": _MPEG4,
        "mov": _MPEG4,
        "3gp": _MPEG4,
        "3gpp": _MPEG4,
        "aac": frozenset({"audio/aac", "audio/mp4", "audio/mpeg"}),
        "ogg": frozenset({"audio/ogg"}),
        "oga": frozenset({"audio/ogg"}),
        "opus": frozenset({"audio/ogg"}),
        "flac": frozenset({"audio/flac"}),
        "amr": frozenset({"audio/amr"}),
        "zip": frozenset({"application/zip"}),
        "7z": frozenset({"application/x-7z-compressed"}),
        "rar": frozenset({"application/vnd.rar"}),
        "tar": frozenset({"application/x-tar"}),
        "gz": frozenset({"application/gzip"}),
        "tgz": frozenset({"application/gzip"}),
        "bz2": frozenset({"application/x-bzip2"}),
        "xz": frozenset({"application/x-xz"}),
        "p7m": _SIGNED,
        "p7s": _SIGNED,
        "p7b": _SIGNED,
        "tsd": frozenset({TIMESTAMPED}),
        "dat": frozenset(),
        "epub": frozenset({"application/epub+zip"}),
    }
)
"""An empty set means that the extension says nothing."""

PROGRAMS = frozenset({
    "ade", "adp", "apk", "application", "bash", "bat", "chm", "class", "cmd", "com", "command", "cpl", "deb", "dex",
    "dll", "dmg", "docm", "dotm", "drv", "elf", "exe", "gadget", "hlp", "hta", "inf", "iso", "jar", "js", "jse",
    "lnk", "msi", "msp", "mst", "ocx", "pif", "pkg", "potm", "ppam", "ppsm", "pptm", "ps1", "psm1", "reg", "rpm",
    "scf", "scpt", "scr", "sh", "sldm", "sys", "url", "vb", "vbe", "vbs", "vhd", "vhdx", "workflow", "wsc", "wsf",
    "wsh", "xlam", "xll", "xlsm", "xltm",
})  # fmt: skip
"""Extensions that a mail server would not let through: what a double click would run, or carry macros to run."""

MACRO_OFFICE = frozenset({"docm", "dotm", "xlsm", "xltm", "xlam", "xlsb", "pptm", "potm", "ppam", "ppsm", "sldm"})
"""Office files that may carry macros: suspicious in an archive, merely marked when sent openly."""

TYPE_TO_EXTENSION: Mapping[str, str] = MappingProxyType(
    {
        media_type: extension
        for extension, media_types in reversed(tuple(EXPECTED.items()))
        if len(media_types) == 1
        for media_type in media_types
    }
    | {
        DOCM: "docm", XLSM: "xlsm", PPTM: "pptm", WORD: "doc", "application/rtf": "rtf", "image/heic": "heic",
        "image/heif": "heif", FODT: "fodt", FODS: "fods", FODP: "fodp", FODG: "fodg", "text/plain": "txt",
        "text/csv": "csv", "text/html": "html", "application/xml": "xml", EMAIL: "eml", "application/json": "json",
        "text/calendar": "ics", "text/vcard": "vcf", "audio/x-ms-wma": "wma", "video/x-ms-asf": "asf", MSG: "msg",
        "audio/mp4": "m4a", "video/mp4": "mp4", "video/quicktime": "mov", "video/3gpp": "3gp", "audio/ogg": "ogg",
        "audio/aac": "aac", "image/jpeg": "jpg", "image/tiff": "tif", SIGNED: "p7m", SIGNATURE: "p7s",
        "image/svg+xml": "svg", "application/gzip": "gz", TNEF: "dat", PROGRAM: "exe",
    }
)  # fmt: skip


def extension_of(filename: str | None) -> str | None:
    """The last extension in lower case without the dot; None without a name or an extension.

    Trailing dots and blanks do not count: Windows drops them, so ``foto.exe. `` is a program.
    """
    if not filename:
        return None
    stem, dot, extension = filename.rstrip(". \t").rpartition(".")
    if not dot or not stem or not extension or len(extension) > 16 or not extension.isascii():
        return None
    return extension.lower().strip() if extension.replace("_", "").replace("-", "").isalnum() else None
