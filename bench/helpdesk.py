"""django-helpdesk's own `get_email` on a mailbox, for comparison: installed by pip into an environment of its own.

Its settings are what its documentation asks for: a queue over IMAP, attachments as files, SQLite; no mail is sent.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

VERSION = "2.6.1"

_SETTINGS = """
from pathlib import Path
HERE = Path(__file__).parent
SECRET_KEY = "bench"
USE_TZ = True
ROOT_URLCONF = "bench_urls"
MEDIA_ROOT = str(HERE / "media")
STATIC_URL = "/static/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(HERE / "helpdesk.sqlite3")}}
INSTALLED_APPS = [
    "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.sites",
    "django.contrib.admin", "django.contrib.messages", "django.contrib.humanize", "rest_framework",
    "helpdesk",
]
SITE_ID = 1
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
MIDDLEWARE = []
LOGGING_CONFIG = None
HELPDESK_TEAMS_MODE_ENABLED = False
HELPDESK_TICKETS_TIMELINE_ENABLED = False
"""

_URLS = """
from django.urls import include, path
urlpatterns = [path("helpdesk/", include("helpdesk.urls", namespace="helpdesk"))]
"""

_RUN = """
import os, sys, time, tempfile
os.environ["DJANGO_SETTINGS_MODULE"] = "bench_settings"
import django
django.setup()
from django.core.management import call_command
from helpdesk.models import Queue, Ticket, FollowUpAttachment
port, user, password = int(sys.argv[1]), sys.argv[2], sys.argv[3]
call_command("migrate", verbosity=0)
Queue.objects.create(
    title="Bench", slug="bench", allow_email_submission=True, email_box_type="imap", email_box_host="127.0.0.1",
    email_box_port=port, email_box_ssl=False, email_box_user=user, email_box_pass=password,
    email_box_imap_folder="INBOX", email_box_interval=0, logging_type="none", email_address="info@sportello.example",
)
started, before = time.perf_counter(), time.process_time()
call_command("get_email", quiet=True)
took, cpu = time.perf_counter() - started, time.process_time() - before
print("FIGURES", Ticket.objects.count(), FollowUpAttachment.objects.count(), took, cpu)
"""


def installed(folder: Path) -> Path | str:
    """The interpreter of an environment that has django-helpdesk, made in `folder`; or why there is none."""
    python = folder / "bin" / "python"
    wanted = [f"django-helpdesk=={VERSION}", "legacy-cgi; python_version>='3.13'"]
    for command in (
        [sys.executable, "-m", "venv", str(folder)],
        [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *wanted],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            return (done.stderr.strip().splitlines() or ["no reason told"])[-1][:200]
    return python


@dataclass(frozen=True, slots=True)
class Figures:
    rate: float
    """Mails a second."""
    cpu: float
    """Milliseconds of processor a mail."""
    tickets: int


def intake(python: Path, folder: Path, port: int, user: str, password: str) -> Figures | str:
    """What one run took; or why it couldn't run. Raises nothing for what happens in the child."""
    (folder / "bench_settings.py").write_text(_SETTINGS)
    (folder / "bench_urls.py").write_text(_URLS)
    (folder / "bench_run.py").write_text(_RUN)
    done = subprocess.run(
        [str(python), "bench_run.py", str(port), user, password],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=1800,
    )
    line = next((row for row in done.stdout.splitlines() if row.startswith("FIGURES ")), None)
    if line is None:
        return (done.stderr.strip().splitlines() or ["no reason told"])[-1][:200]
    _, tickets, attachments, seconds, cpu = line.split()
    if int(attachments) < int(tickets):
        return f"only {attachments} attachments of {tickets} tickets were kept"
    return Figures(int(tickets) / float(seconds), float(cpu) * 1000 / max(1, int(tickets)), int(tickets))
