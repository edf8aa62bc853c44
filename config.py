"""What the installation is told from outside: one frozen value, read from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The choices of one installation; the default is the embedded profile.

    Setting ``database_url`` and ``redis_url`` makes it the scaled profile: nothing else differs.
    """

    instance: Path = ROOT / "instance"
    database_url: str | None = field(default=None, repr=False)
    database_owner_url: str | None = field(default=None, repr=False)
    allow_owner: bool = False
    redis_url: str | None = None
    s3_bucket: str | None = None
    s3_endpoint: str | None = None
    master_key: str | None = field(default=None, repr=False)
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str = "no-reply@localhost"
    push_contact: str | None = None
    push_to_loopback: bool = False
    product_name: str = "Shopwatch"
    secure_cookies: bool = False
    trusted_proxies: int = 0
    allowed_origins: tuple[str, ...] = ()
    session_idle_minutes: int = 30
    session_hours: int = 12
    picture_megabytes: int = 40
    video_megabytes: int = 500
    video_piece_kilobytes: int = 2048
    video_days: int = 7
    videos_at_once: int = 3
    video_megabytes_a_day: int = 2500
    webhooks_to_loopback: bool = False
    """For tests alone, so it is read from nowhere: webhooks may go to this machine."""
    testing: bool = False

    @property
    def database(self) -> str:
        """Return the SQLAlchemy address of the database."""
        return self.database_url or f"sqlite:///{self.instance / 'disc.db'}"

    @property
    def scaled(self) -> bool:
        """Say whether several server processes may share the work."""
        return self.redis_url is not None


def _psycopg(url: str | None) -> str | None:
    """Name the driver in a PostgreSQL address, since operators paste it without."""
    if url is None:
        return None
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings; every one of them has a default that runs the embedded profile."""
    tls = environ.get("TLS") == "1"
    credentials = environ.get("CREDENTIALS_DIRECTORY")
    master_key = environ.get("DISC_MASTER_KEY")
    if master_key is None and credentials and (Path(credentials) / "disc-master-key").exists():
        master_key = (Path(credentials) / "disc-master-key").read_text().strip()
    return Settings(
        instance=Path(environ.get("DISC_INSTANCE", ROOT / "instance")).resolve(),
        database_url=_psycopg(environ.get("DATABASE_URL")),
        database_owner_url=_psycopg(environ.get("DATABASE_OWNER_URL")),
        allow_owner=environ.get("DISC_ALLOW_OWNER") == "1",
        redis_url=environ.get("REDIS_URL"),
        s3_bucket=environ.get("DISC_S3_BUCKET"),
        s3_endpoint=environ.get("DISC_S3_ENDPOINT"),
        master_key=master_key,
        smtp_url=environ.get("DISC_SMTP_URL"),
        mail_from=environ.get("DISC_MAIL_FROM", "no-reply@localhost"),
        push_contact=environ.get("DISC_PUSH_CONTACT"),
        product_name=environ.get("DISC_PRODUCT_NAME", "Shopwatch"),
        secure_cookies=tls or environ.get("DISC_SECURE_COOKIES") == "1",
        trusted_proxies=int(environ.get("DISC_TRUSTED_PROXIES", "0")),
        allowed_origins=tuple(
            each.strip().rstrip("/")
            for each in environ.get("DISC_ORIGINS", "").split(",")
            if each.strip()
        ),
        session_idle_minutes=int(environ.get("DISC_SESSION_IDLE_MINUTES", "30")),
        session_hours=int(environ.get("DISC_SESSION_HOURS", "12")),
        picture_megabytes=int(environ.get("DISC_PICTURE_MEGABYTES", "40")),
        video_megabytes=int(environ.get("DISC_VIDEO_MEGABYTES", "500")),
        video_piece_kilobytes=int(environ.get("DISC_VIDEO_PIECE_KILOBYTES", "2048")),
        video_days=int(environ.get("DISC_VIDEO_DAYS", "7")),
        videos_at_once=int(environ.get("DISC_VIDEOS_AT_ONCE", "3")),
        video_megabytes_a_day=int(environ.get("DISC_VIDEO_MEGABYTES_A_DAY", "2500")),
    )
