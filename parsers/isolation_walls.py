"""The walls around a reading child: memory, time, files, network. Linux only, without privileges where it can.

Each wall returns how it is in force, in words for `doctor`, or None where the kernel does not let us. Nothing here
is a reason not to read: a wall that is missing is reported, the others stand.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import struct
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP = 22
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_AF_UNIX = 1
_EACCES = 13
_ENOSYS = 38
# Audit architecture, socket(2) and io_uring_setup(2) by machine (linux/audit.h, asm/unistd.h).
_ARCHES = {"x86_64": (0xC000003E, 41, 425), "aarch64": (0xC00000B7, 198, 425)}


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def die_with_parent(signal_number: int) -> bool:
    """Asks the kernel to send the signal when the (single-threaded) parent ends."""
    return bool(_libc().prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0) == 0)


def adopt_orphans() -> bool:
    """Makes this process the parent of every orphaned descendant, so that it can end and reap them."""
    return bool(_libc().prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0)


def leave_network() -> str | None:
    """Moves this process into a network namespace of its own, with a user namespace if it has no privilege."""
    libc = _libc()
    if libc.unshare(_CLONE_NEWNET) == 0:
        return "spazio di rete proprio (vuoto)"
    uid, gid = os.geteuid(), os.getegid()
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        return None
    # Without these maps our own user could create no file any more.
    for name, line in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        try:
            Path(f"/proc/self/{name}").write_text(line)
        except OSError:
            continue
    return "spazio di rete proprio (vuoto), senza privilegi"


def forbid_sockets() -> str | None:
    """A seccomp filter: socket(2) only for AF_UNIX, no io_uring (which could open sockets unseen)."""
    known = _ARCHES.get(platform.machine())
    if known is None:
        return None
    arch, nr_socket, nr_uring = known
    load, equal, bits, answer = 0x20, 0x15, 0x45, 0x06
    allow, deny, gone = 0x7FFF0000, 0x00050000 | _EACCES, 0x00050000 | _ENOSYS
    # (code, skip if true, skip if false, value); skips count from the next line.
    program = (
        (load, 0, 0, 4),  # 0: architecture
        (equal, 0, 6, arch),  # 1: another one -> 8
        (load, 0, 0, 0),  # 2: number of the call
        (bits, 4, 0, 0x40000000),  # 3: x32 calls, where socket has another number -> 8
        (equal, 4, 0, nr_uring),  # 4: -> 9
        (equal, 0, 4, nr_socket),  # 5: any other call -> 10
        (load, 0, 0, 16),  # 6: first argument, the address family
        (equal, 2, 0, _AF_UNIX),  # 7: -> 10
        (answer, 0, 0, deny),  # 8
        (answer, 0, 0, gone),  # 9
        (answer, 0, 0, allow),  # 10
    )
    code = b"".join(struct.pack("HBBI", *line) for line in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    head = ctypes.create_string_buffer(struct.pack("HP", len(program), ctypes.addressof(buffer)))
    libc, address = _libc(), ctypes.c_void_p(ctypes.addressof(head))
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return None
    if libc.prctl(_PR_SET_SECCOMP, ctypes.c_ulong(_SECCOMP_MODE_FILTER), address, 0, 0) != 0:
        return None
    return "seccomp: nessun socket di rete"


_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_LANDLOCK_VERSION = 1
_LANDLOCK_PATH_BENEATH = 1
# LANDLOCK_ACCESS_FS_*: write, remove and make of every kind (2, 16..4096); truncate (16384) from version 3.
_WRITES = 0x2 | 0x1FF0
_SOCKETS, _REFER, _TRUNCATE = 0x200 | 0x20, 0x2000, 0x4000


def landlock() -> int:
    """The version that the kernel knows, below 1 if none."""
    return int(_libc().syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(_LANDLOCK_VERSION)))


def write_only_below(*folders: Path, sockets_below: Path | None = None) -> bool:
    """By Landlock: from now on files can be written, made and removed below these folders only.

    `sockets_below` is where local sockets may be made, and files removed, besides: LibreOffice insists on a socket
    in /tmp by which its instances find each other, and on taking it away.
    """
    libc, version = _libc(), landlock()
    if version < 1:
        return False
    # From version 2 on moving between folders (LibreOffice does) is refused unless it is asked for.
    rights = _WRITES | (_REFER if version >= 2 else 0) | (_TRUNCATE if version >= 3 else 0)
    wanted = ctypes.create_string_buffer(struct.pack("Q", rights), 8)
    ruleset = libc.syscall(_LANDLOCK_CREATE, wanted, ctypes.c_size_t(8), ctypes.c_uint32(0))
    if ruleset < 0:
        return False
    try:
        granted = [(folder, rights if folder.is_dir() else rights & (0x2 | _TRUNCATE)) for folder in folders]
        if sockets_below is not None and sockets_below.is_dir():
            granted.append((sockets_below, _SOCKETS))
        for folder, here in granted:
            place = os.open(folder, os.O_PATH | os.O_CLOEXEC)
            rule = ctypes.create_string_buffer(struct.pack("=Qi", here, place), 12)
            added = libc.syscall(_LANDLOCK_ADD, ruleset, _LANDLOCK_PATH_BENEATH, rule, ctypes.c_uint32(0))
            os.close(place)
            if added != 0:
                return False
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        return bool(libc.syscall(_LANDLOCK_RESTRICT, ruleset, ctypes.c_uint32(0)) == 0)
    finally:
        os.close(ruleset)


def set_soft(kind: int, value: int) -> None:
    """Sets a soft resource limit, never above the hard one."""
    hard = resource.getrlimit(kind)[1]
    resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))
