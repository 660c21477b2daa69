"""Everything that differs between machines comes from the environment; `.env.example` lists it.

With LOCAL=1 (which `make run` sets) every value has a default. Without it the values a
production site needs must be there, or the portal does not start.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django_guid.integrations import CeleryIntegration

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()

LOCAL = env.bool("LOCAL", default=False)
DEBUG = env.bool("DEBUG", default=False)

# A value read with this default is one production cannot do without.
REQUIRED = [
    "DATABASE_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "SECRET_KEY",
    "PRIVACY_KEY",
    "ALLOWED_HOSTS",
    "SITE_URL",
    "DEFAULT_FROM_EMAIL",
]
if not LOCAL and (missing := [name for name in REQUIRED if not os.environ.get(name)]):
    raise ImproperlyConfigured(
        f"Set {', '.join(missing)} in the environment (see .env.example), "
        "or LOCAL=1 to try Kazvek on this machine, as `make run` does."
    )

# What the portal writes on this machine: collected static files, uploads, letters as files.
VAR_ROOT = Path(env("VAR_ROOT", default=str(BASE_DIR / "var")))
PORT = env.int("PORT", default=8000)

SECRET_KEY = env("SECRET_KEY")
# Keys the digests of identifiers; it outlives a change of SECRET_KEY.
PRIVACY_KEY = env("PRIVACY_KEY")
SITE_URL = env("SITE_URL", default=f"http://localhost:{PORT}").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])

INSTALLED_APPS = [
    "kazvek",
    "pages",
    "moderation",
    "orders",
    "listings",
    "sellers",
    "places",
    "accounts",
    "privacy",
    "letters",
    "ui",
    "kazvek.apps.KazvekAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_guid",
    "phonenumber_field",
]

MIDDLEWARE = [
    "django_guid.middleware.guid_middleware",
    "kazvek.middleware.log_requests",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "kazvek.middleware.permissions_policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kazvek.middleware.shut_after_a_restore",
    "privacy.registers.only_declared_cookies",
    "ui.replicas.pin_writers",
    "kazvek.middleware.private_unless_public",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "orders.cookies.follow_the_cart",
]

ROOT_URLCONF = "kazvek.urls"
WSGI_APPLICATION = "kazvek.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["ui.templatetags.ui", "django.templatetags.i18n"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ui.context.site",
            ],
        },
    }
]

# Data

database = env.db("DATABASE_URL")
# What the address asks for, sslmode above all, holds.
database["OPTIONS"] = {
    "connect_timeout": 5,
    **database.get("OPTIONS", {}),
    # Each attempt to connect comes later than the one before; after so many seconds the next
    # request begins anew, so that a database that was away for long is found at once.
    "pool": {"min_size": 1, "max_size": 4, "timeout": 5, "reconnect_timeout": 3},
}
DATABASES = {"default": database | {"ENGINE": "ui.postgres", "CONN_HEALTH_CHECKS": True}}
# Streaming replicas from which public pages are read; none: all is read from the one database.
for place, address in enumerate(env.list("DATABASE_REPLICA_URLS", default=[]), start=1):
    replica = env.db_url_config(address)
    # One that does not answer is not waited for: the primary does.
    options = {"connect_timeout": 2, "tcp_user_timeout": 2000, **replica.get("OPTIONS", {})}
    pool = {"min_size": 1, "max_size": 2, "timeout": 1, "reconnect_timeout": 1}
    DATABASES[f"replica{place}"] = (
        DATABASES["default"]
        | replica
        | {
            "ENGINE": "ui.postgres",
            "OPTIONS": options | {"pool": pool},
        }
    )
REPLICAS = [name for name in DATABASES if name != "default"]
DATABASE_ROUTERS = ["ui.replicas.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Three databases of one Valkey: what may be lost, what Celery waits for, one to spare.
REDIS_URL = env("REDIS_URL").rstrip("/")
if urlsplit(REDIS_URL).path or urlsplit(REDIS_URL).query:
    raise ImproperlyConfigured(
        "REDIS_URL names a server and nothing behind it: no database number, no options."
    )
CACHES = {
    "default": {
        "BACKEND": "kazvek.measured_cache.MeasuredCache",
        "LOCATION": f"{REDIS_URL}/0",
        "KEY_FUNCTION": "privacy.registers.cache_key",
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 1},
    }
}

CELERY_BROKER_URL = f"{REDIS_URL}/1"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 15 * 60,
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 5 * 60
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "letters.tasks.*": {"queue": "mail"},
    "listings.tasks.prepare_*": {"queue": "media"},
    "privacy.tasks.erase_due": {"queue": "privacy"},
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_TIMEZONE = "Asia/Almaty"
CELERY_BEAT_SCHEDULER = "kazvek.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {
    "letters that wait": {
        "task": "letters.tasks.send_waiting",
        "schedule": 60,
        "options": {"expires": 50},
    },
    "letters of last month": {"task": "letters.tasks.forget_old", "schedule": 60 * 60},
    "what is over": {
        "task": "privacy.tasks.sweep_what_is_over",
        "schedule": crontab(hour=3, minute=20),
    },
    "people an authority asked about": {
        "task": "privacy.tasks.tell_of_authorities",
        "schedule": crontab(hour=8, minute=10),
    },
    "the watch": {"task": "privacy.tasks.look_at_ourselves", "schedule": 60 * 60},
    "people to be forgotten": {
        "task": "privacy.tasks.erase_due",
        "schedule": 60,
        "options": {"expires": 50},
    },
    "people who were forgotten": {
        "task": "privacy.tasks.look_again",
        "schedule": crontab(hour=2, minute=40),
    },
    "nights that were missed": {
        "task": "privacy.tasks.make_up_for_the_night",
        "schedule": 60 * 60,
    },
    "the consent ledger": {"task": "privacy.tasks.verify_ledger", "schedule": 60 * 60},
    "copies of data that wait": {
        "task": "privacy.export.tasks.build_waiting_exports",
        "schedule": 60,
        "options": {"expires": 50},
    },
    "copies of data that are over": {
        "task": "privacy.export.tasks.forget_exports",
        "schedule": 5 * 60,
    },
    "the mailbox": {
        "task": "privacy.mailbox.tasks.read_mailbox",
        "schedule": 60,
        "options": {"expires": 50},
    },
    "acts for the store": {
        "task": "privacy.restoring.tasks.store_acts",
        "schedule": 60,
        "options": {"expires": 50},
    },
    "digests nobody needs": {
        "task": "privacy.restoring.tasks.forget_digests",
        "schedule": 60 * 60,
    },
    "requests to be answered": {"task": "privacy.tasks.warn_of_deadlines", "schedule": 60 * 60},
    "links in letters that are over": {
        "task": "privacy.tasks.forget_letter_keys",
        "schedule": 60 * 60,
    },
    "invitations nobody answered": {
        "task": "sellers.tasks.forget_old_invitations",
        "schedule": 60 * 60,
    },
    "counts of ads": {
        "task": "listings.tasks.fold_counts",
        "schedule": 5 * 60,
        "options": {"expires": 4 * 60},
    },
    "ads of the home page": {
        "task": "listings.tasks.count_market",
        "schedule": 60,
        "options": {"expires": 50},
    },
    "photos that wait": {
        "task": "listings.tasks.prepare_waiting_photos",
        "schedule": 60,
        "options": {"expires": 50},
    },
    "files nothing names": {"task": "listings.tasks.clear_leftovers", "schedule": 10 * 60},
    "photos and documents no ad shows": {
        "task": "listings.tasks.forget_unused_files",
        "schedule": 60 * 60,
    },
    "rates of the day": {"task": "listings.tasks.fetch_rates", "schedule": 6 * 60 * 60},
    "prices by the rates": {
        "task": "listings.tasks.refresh_prices",
        "schedule": 24 * 60 * 60,
        "args": [0],
    },
    "documents of ads that lag": {
        "task": "listings.tasks.refile_documents",
        "schedule": 60 * 60,
        "args": [0],
    },
    "words of ads": {"task": "listings.tasks.learn_words", "schedule": 24 * 60 * 60},
    "ads whose term ended": {"task": "listings.tasks.expire_listings", "schedule": 5 * 60},
    "ads that end soon": {"task": "listings.tasks.remind_of_ends", "schedule": 60 * 60},
    "ads nobody needs": {"task": "listings.tasks.put_away", "schedule": 60 * 60},
    "contacts of orders long closed": {
        "task": "orders.tasks.forget_old_contacts",
        "schedule": 60 * 60,
    },
    "orders whose time has come": {
        "task": "orders.tasks.sweep_timers",
        "schedule": 2 * 60,
        "options": {"expires": 110},
    },
    "orders of sellers who are blocked": {
        "task": "moderation.tasks.decline_orders_of_blocked",
        "schedule": 5 * 60,
        "options": {"expires": 4 * 60},
    },
    "carts nobody uses": {"task": "orders.tasks.forget_carts", "schedule": 60 * 60},
    "what order forms held": {"task": "orders.tasks.forget_entries", "schedule": 5 * 60},
    "complaints and bans long over": {
        "task": "moderation.tasks.forget_old",
        "schedule": 10 * 60,
    },
    "sessions that ended": {"task": "accounts.tasks.clear_sessions", "schedule": 60 * 60},
}

# Files

STATIC_URL = "/static/"
STATIC_ROOT = VAR_ROOT / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env("MEDIA_ROOT", default=str(VAR_ROOT / "media")))
# What is served by a view that asks who is there, and what came in and is not yet looked at.
PRIVATE_ROOT = Path(env("PRIVATE_ROOT", default=str(VAR_ROOT / "private")))
# A bucket for both instead, which several machines share (s3://…).
STORAGE_URL = env("STORAGE_URL", default="")
bucket = urlsplit(STORAGE_URL)
if STORAGE_URL and (bucket.scheme != "s3" or not bucket.netloc or bucket.query):
    raise ImproperlyConfigured("STORAGE_URL is s3://bucket or s3://bucket/folder.")
FOLDER = "django.core.files.storage.FileSystemStorage"
STORAGES = {
    "default": {"BACKEND": FOLDER},
    "private": {"BACKEND": FOLDER, "OPTIONS": {"location": PRIVATE_ROOT, "base_url": None}},
    "staticfiles": {"BACKEND": "ui.storage.StaticStorage"},
}
if STORAGE_URL:
    for name, address in {"default": MEDIA_URL, "private": None}.items():
        location = f"{bucket.path}/{'media' if address else name}".strip("/")
        kept = {"bucket_name": bucket.netloc, "location": location, "base_url": address}
        STORAGES[name] = {"BACKEND": "ui.buckets.Bucket", "OPTIONS": kept}
WHITENOISE_USE_FINDERS = DEBUG

# Where erasures and withdrawals are written, too, outside the database and its backups: a folder
# (file:///…) or a bucket (s3://…).
TOMBSTONES_URL = env("TOMBSTONES_URL", default="") or f"file://{VAR_ROOT / 'tombstones'}"
if urlsplit(TOMBSTONES_URL).scheme not in ("file", "s3"):
    raise ImproperlyConfigured("TOMBSTONES_URL is file:///folder or s3://bucket/folder.")
S3_OPTIONS = {
    "access_key_id": env("AWS_ACCESS_KEY_ID", default=""),
    "secret_access_key": env("AWS_SECRET_ACCESS_KEY", default=""),
    "region": env("AWS_REGION", default=""),
    "endpoint": env("AWS_ENDPOINT_URL", default=""),
}
# Where links to files in the bucket lead: visitors have to reach it, too.
store = urlsplit(S3_OPTIONS["endpoint"] or f"https://{bucket.netloc}.s3.amazonaws.com")
DOWNLOADS = [f"{store.scheme}://{store.netloc}"] if STORAGE_URL else []
# After so many days no backup is left that holds what was deleted: see docs/operations.md.
BACKUPS_KEPT_DAYS = env.int("BACKUPS_KEPT_DAYS", default=35)

# Files, folders and patterns with `*` in which programs of this machine write logs, to be searched
# for what is left of people; "none" where another machine or program keeps them.
LOGS = env.list("LOGS", default=[str(VAR_ROOT / "*" / "log*")] if LOCAL else ["none"])

# Letters are rows first (the app `letters`); the mailer is what carries them out of the house.

EMAIL_BACKEND = "letters.backend.OutboxBackend"
LETTERS_FOLDER = VAR_ROOT / "mail"
EMAIL_URL = env("EMAIL_URL", default="")
mailer = env.email_url("EMAIL_URL") if EMAIL_URL else {}
LETTERS_MAILER = mailer.get("EMAIL_BACKEND", "letters.files.FileMailer")
EMAIL_HOST = mailer.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = mailer.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = mailer.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = mailer.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = mailer.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = mailer.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Kazvek <no-reply@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# The mailbox to which people write about their data; empty: it is not read.
MAILBOX_URL = env("MAILBOX_URL", default="")
# By this name our own mail server signs Authentication-Results; empty: no sender is believed.
MAILBOX_AUTHSERV_ID = env("MAILBOX_AUTHSERV_ID", default="")
MAILBOX_SCHEMES = ["imaps", "imap+tls", *(["imap"] if LOCAL else [])]
try:
    mailbox = urlsplit(MAILBOX_URL)
    mailbox_is_named = all([mailbox.hostname, mailbox.username, mailbox.password])
    mailbox_is_named = mailbox_is_named and mailbox.scheme in MAILBOX_SCHEMES and mailbox.port != 0
except ValueError:  # of the port; its words would show a part of the password
    mailbox_is_named = False
if MAILBOX_URL and not mailbox_is_named:
    raise ImproperlyConfigured(
        "MAILBOX_URL is imaps://user:password@host/INBOX, or imap+tls:// for STARTTLS, "
        "with user name and password percent-encoded."
    )

# Languages

LANGUAGE_CODE = "ru"
LANGUAGES = [("kk", "Қазақша"), ("ru", "Русский"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "borrowed"]
FORMAT_MODULE_PATH = ["ui.formats"]
TIME_ZONE = "Asia/Almaty"
USE_THOUSAND_SEPARATOR = True
PHONENUMBER_DEFAULT_REGION = "KZ"
# Where the rates of currencies are fetched every few hours; empty: nowhere.
# Whoever bears it may read /metrics; empty: nobody.
METRICS_TOKEN = env("METRICS_TOKEN", default="")

RATES_URL = env("RATES_URL", default="")

# People

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "surname", "first_name", "patronymic"]},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "accounts.passwords.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "accounts:overview"
LOGOUT_REDIRECT_URL = "pages:home"

ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
# Only in the browser that signed up; the link alone signs nobody in.
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(SITE_URL).scheme
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
# Beside those of allauth itself.
ACCOUNT_RATE_LIMITS = {"passkey_challenge": "30/m/ip"}
ACCOUNT_FORMS = {
    "add_email": "accounts.forms.AddEmailForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "login": "accounts.forms.LoginForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "signup": "accounts.forms.SignupForm",
}
MFA_FORMS = {
    "activate_totp": "accounts.forms.ActivateTOTPForm",
    "add_webauthn": "accounts.forms.AddPasskeyForm",
    "authenticate": "accounts.forms.AuthenticateForm",
    "authenticate_webauthn": "accounts.forms.UsePasskeyForm",
    "edit_webauthn": "accounts.forms.RenamePasskeyForm",
    "login_webauthn": "accounts.forms.LoginByPasskeyForm",
    "reauthenticate": "accounts.forms.ReauthenticateByCodeForm",
    "reauthenticate_webauthn": "accounts.forms.ReauthenticateByPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ADAPTER = "accounts.adapters.MFAAdapter"
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Kazvek"
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL
PHONENUMBER_DB_FORMAT = "E164"

# Safety

SECURE_COOKIES = not LOCAL
cookie_prefix = "__Host-" if SECURE_COOKIES else ""
SESSION_COOKIE_NAME = f"{cookie_prefix}session"
CSRF_COOKIE_NAME = f"{cookie_prefix}csrf"
LANGUAGE_COOKIE_NAME = f"{cookie_prefix}language"
WROTE_COOKIE_NAME = f"{cookie_prefix}wrote"
CART_COOKIE_NAME = f"{cookie_prefix}cart"
CART_COUNT_COOKIE_NAME = f"{cookie_prefix}cart_count"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
WROTE_COOKIE_SECURE = SECURE_COOKIES
WROTE_COOKIE_HTTPONLY = True
WROTE_COOKIE_SAMESITE = "Lax"
CART_COOKIE_SECURE = CART_COUNT_COOKIE_SECURE = SECURE_COOKIES
CART_COOKIE_HTTPONLY, CART_COUNT_COOKIE_HTTPONLY = True, False
CART_COOKIE_SAMESITE = CART_COUNT_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
SESSION_COOKIE_AGE = 14 * 24 * 60 * 60
SESSION_ENGINE = "accounts.sessions"
CSRF_FAILURE_VIEW = "pages.views.csrf_refused"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SECURE_SSL_REDIRECT = not LOCAL
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 0 if LOCAL else 2 * 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not LOCAL
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
)
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        # A form that asks for a copy of one's data ends where that lies.
        "form-action": [SELF, *DOWNLOADS],
        "frame-ancestors": [NONE],
    }
}

# Logs: one JSON object a line, with only the keys `kazvek.logs` allows.

DJANGO_GUID = {
    "GUID_HEADER_NAME": "X-Request-ID",
    "EXPOSE_HEADER": False,
    "INTEGRATIONS": [CeleryIntegration(log_parent=False)],
}
LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request": {
            "()": "django_guid.log_filters.CorrelationId",
            "correlation_id_field": "request_id",
        }
    },
    "formatters": {"json": {"()": "kazvek.logs.JsonFormatter"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "json",
            "filters": ["request"],
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        "django_guid": {"level": "WARNING"},
        # Celery logs arguments and return values at INFO.
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        # It tells of every table of every font it puts into a PDF.
        "fontTools": {"level": "WARNING"},
    },
}
