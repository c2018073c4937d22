"""What binary content is, by the bytes it begins with and, for the families that share a beginning, a look inside.

Pure and quick (microseconds): every part of every mail comes through here. What is not in these tables is asked of
libmagic (`parsers.libmagic`), in a child process.
"""

from __future__ import annotations

import re

from parsers import extensions as ext

_EXECUTABLES = frozenset(
    {ext.PROGRAM, "application/x-executable", "application/x-mach-binary", "application/java-archive",
     "application/vnd.android.package-archive", "application/x-ms-shortcut", "application/x-msi",
     "application/x-shellscript", "application/x-chm", "application/x-java-applet", "application/hta",
     "application/x-dosexec", "application/x-sharedlib", "application/x-pie-executable"}
)  # fmt: skip

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"II+\0", "image/tiff"),
    (b"MM\0+", "image/tiff"),
    (b"{\\rtf", "application/rtf"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\x1f\x8b\x08", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\0", "application/x-xz"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"\x78\x9f\x3e\x22", ext.TNEF),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "video/x-ms-asf"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"#!AMR", "audio/amr"),
    (b"\x1a\x45\xdf\xa3", "video/x-matroska"),
    (b"\x7fELF", "application/x-executable"),
    (b"\xca\xfe\xba\xbe", "application/x-java-applet"),
    (b"\xce\xfa\xed\xfe", "application/x-mach-binary"),
    (b"\xcf\xfa\xed\xfe", "application/x-mach-binary"),
    (b"L\0\0\0\x01\x14\x02\0", "application/x-ms-shortcut"),
    (b"ITSF", "application/x-chm"),
    (b"MSCF", "application/vnd.ms-cab-compressed"),
    (b"!<arch>\n", "application/x-archive"),
    (b"-----BEGIN PGP MESSAGE-----", ext.PGP),
    (b"8BPS", "image/vnd.adobe.photoshop"),
    (b"%!PS", "application/postscript"),
    (b"SQLite format 3\0", "application/vnd.sqlite3"),
)

_BY_FIRST_BYTE = {
    first: tuple(pair for pair in _SIGNATURES if pair[0][:1] == first)
    for first in {mark[:1] for mark, _ in _SIGNATURES}
}

_BRANDS = {
    b"heic": "image/heic", b"heix": "image/heic", b"hevc": "image/heic", b"heim": "image/heic", b"heis": "image/heic",
    b"mif1": "image/heif", b"msf1": "image/heif", b"avif": "image/avif", b"avis": "image/avif",
    b"M4A ": "audio/mp4", b"M4B ": "audio/mp4", b"qt  ": "video/quicktime",
}  # fmt: skip

# Audio stream in an ASF file's stream properties (ASF specification, 10.3), and its video sister.
_ASF_VIDEO = bytes.fromhex("c0ef19bc4d5bcf11a8fd00805f5c442b")
_OID_DATA = bytes.fromhex("06092a864886f70d0107")
_OID_TIMESTAMPED = bytes.fromhex("060b2a864886f70d010910011f")
_OID_TSTINFO = bytes.fromhex("060b2a864886f70d0109100104")
_END_OF_ZIP = b"PK\x05\x06"
_CLSIDS = {
    bytes.fromhex("0609020000000000c000000000000046"): ext.WORD,
    bytes.fromhex("0009020000000000c000000000000046"): ext.WORD,
    bytes.fromhex("2008020000000000c000000000000046"): ext.EXCEL,
    bytes.fromhex("1008020000000000c000000000000046"): ext.EXCEL,
    bytes.fromhex("108d81649b4fcf1186ea00aa00b929e8"): ext.POWERPOINT,
    bytes.fromhex("84100c0000000000c000000000000046"): "application/x-msi",
}
_OLE_STREAMS = (
    ("__properties_version1.0", ext.MSG),
    ("EncryptedPackage", "application/x-ole-encrypted"),
    ("WordDocument", ext.WORD),
    ("PowerPoint Document", ext.POWERPOINT),
    ("Workbook", ext.EXCEL),
    ("Book", ext.EXCEL),
)
_OPENXML = (
    (b"word/", ext.DOCX, ext.DOCM),
    (b"xl/", ext.XLSX, ext.XLSM),
    (b"ppt/", ext.PPTX, ext.PPTM),
)


def is_executable(media_type: str) -> bool:
    """Content that a computer would run."""
    return media_type in _EXECUTABLES


def binary_kind(data: bytes) -> str | None:
    """The media type of binary content, None if these tables don't know it."""
    for signature, media_type in _BY_FIRST_BYTE.get(data[:1], ()):
        if data.startswith(signature):
            return _asf(data) if media_type == "video/x-ms-asf" else media_type
    head = data[:16]
    if head[:2] == b"PK" and head[2:4] in (b"\x03\x04", b"\x05\x06", b"\x07\x08"):
        return zip_kind(data)
    if head[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return ole_kind(data)
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12]) or _mpeg4(data)
    if head[:4] == b"RIFF":
        return {b"WAVE": "audio/wav", b"WEBP": "image/webp", b"AVI ": "video/x-msvideo"}.get(head[8:12])
    if (
        head[:2] == b"BM"
        and len(data) > 26
        and data[6:10] == b"\0\0\0\0"
        and data[14] in (12, 40, 52, 56, 64, 108, 124)
    ):
        return "image/bmp"
    if head[:2] == b"MZ" and len(data) >= 64:
        return ext.PROGRAM
    if head[:1] == b"\x30":
        return cms_kind(data)
    if data[257:262] == b"ustar":
        return "application/x-tar"
    if b"%PDF-" in data[:1024]:
        return "application/pdf"
    return _mpeg_audio(data)


def zip_kind(data: bytes) -> str:
    """Tells office documents and programs from plain zip archives, by the names in the central directory."""
    if data[30:38] == b"mimetype" and data[8:10] == b"\0\0":
        length = int.from_bytes(data[18:22], "little")
        start = 38 + int.from_bytes(data[28:30], "little")
        declared = data[start : start + min(length, 100)] if length else data[start : start + 100]
        match = re.match(rb"application/[a-z0-9.+-]+", declared)
        if match:
            # Without a length in the header the next one's "PK" follows the words at once.
            return match[0].decode().removesuffix("-template")
    end = data.rfind(_END_OF_ZIP)
    names = data[int.from_bytes(data[end + 16 : end + 20], "little") : end] if end >= 0 else data[: 1 << 16]
    if b"[Content_Types].xml" in names:
        for folder, plain, with_macros in _OPENXML:
            if folder in names:
                if b"xl/workbook.bin" in names:
                    return ext.XLSB
                return with_macros if b"vbaProject.bin" in names else plain
    if b"AndroidManifest.xml" in names:
        return "application/vnd.android.package-archive"
    if b"META-INF/MANIFEST.MF" in names and b".class" in names:
        return "application/java-archive"
    return "application/zip"


def ole_kind(data: bytes) -> str:
    """Tells the kinds of OLE compound files ([MS-CFB]) by the root's class and by the streams' names."""
    sector = 1 << min(int.from_bytes(data[30:32], "little"), 16)
    directory = (int.from_bytes(data[48:52], "little") + 1) * sector
    known = _CLSIDS.get(data[directory + 80 : directory + 96])
    if known:
        return known
    for name, media_type in _OLE_STREAMS:
        if name.encode("utf-16-le") in data:
            return media_type
    return "application/x-ole-storage"


def cms_kind(data: bytes) -> str | None:
    """A DER or BER signed message, a detached signature or a timestamped one; None for other ASN.1 (or none)."""
    head = data[:40]
    if _OID_TIMESTAMPED in head:
        return ext.TIMESTAMPED
    at = head.find(_OID_DATA)
    if at < 0 or at > 25 or len(head) < at + 11:
        return None
    if head[at + 10] != 2:
        return ext.SIGNED if head[at + 10] in (3, 4) else None
    # Within SignedData comes encapContentInfo: a content type and, unless the signature is detached, the content.
    inner = data.find(_OID_DATA + b"\x01", at + 11, at + 400)
    if inner >= 2:
        header, after = data[inner - 2 : inner], data[inner + 11 : inner + 13]
        detached = header == b"\x30\x0b" or (header == b"\x30\x80" and after == b"\0\0")
        return ext.SIGNATURE if detached else ext.SIGNED
    return "application/timestamp-token" if data.find(_OID_TSTINFO, at, at + 400) >= 0 else ext.SIGNED


def _asf(data: bytes) -> str:
    return "video/x-ms-asf" if _ASF_VIDEO in data[:65_536] else "audio/x-ms-wma"


def _mpeg4(data: bytes) -> str:
    if data[8:11] == b"3gp":
        return "video/3gpp"
    # The handler of a picture track; a voice note has none. The index may lie at either end of the file.
    return "video/mp4" if b"vide" in data[:65_536] or b"vide" in data[-262_144:] else "audio/mp4"


def _mpeg_audio(data: bytes) -> str | None:
    """MPEG audio frames without an ID3 tag: two headers in a row that fit each other (ISO 11172-3)."""
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xE0 != 0xE0:
        return None
    if data[1] & 0xF6 == 0xF0:
        return "audio/aac"
    # Layer I (3) is never met, and its mark is also that of UTF-16 text (FF FE).
    version, layer, rate = data[1] >> 3 & 3, data[1] >> 1 & 3, data[2] >> 4
    return None if version == 1 or layer in (0, 3) or rate in (0, 15) or data[2] >> 2 & 3 == 3 else "audio/mpeg"
