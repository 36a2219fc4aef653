"""All settings, read from the environment; the defaults work on a laptop with `make run`."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from common.env import database, env_bool, env_int, env_key, env_list, env_str
from common.words.pseudo import LANGUAGES as PSEUDO_LANGUAGES
from config.settings_api import REST_FRAMEWORK as REST_FRAMEWORK
from config.settings_api import SPECTACULAR_SETTINGS as SPECTACULAR_SETTINGS

BASE_DIR = Path(__file__).resolve().parent.parent

# ---------------------------------------------------------------- the installation

DEMO = env_bool("PARLEY_DEMO")
DEBUG = env_bool("PARLEY_DEBUG")
SECRET_KEY = env_str("PARLEY_SECRET_KEY")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "PARLEY_SECRET_KEY is not set; give it 50 random characters, or use `make run`."
    )
MASTER_KEY = env_key("PARLEY_MASTER_KEY", 32)
DATA_DIR = Path(env_str("PARLEY_DATA", str(BASE_DIR / "var"))).resolve()
PUBLIC_URL = env_str("PARLEY_PUBLIC_URL", f"http://127.0.0.1:{env_int('PORT', 8000)}").rstrip("/")
SIMULATOR_URL = env_str(
    "PARLEY_SIMULATOR_URL",
    f"http://127.0.0.1:{env_int('SIMULATOR_PORT', env_int('PORT', 8000) + 100)}" if DEMO else "",
)
#: The same for people's browsers, where they reach it by another name than the product does.
SIMULATOR_PUBLIC_URL = env_str("PARLEY_SIMULATOR_PUBLIC_URL", SIMULATOR_URL)
BUILD = env_str("PARLEY_BUILD", "dev")
ALLOWED_HOSTS = env_list("PARLEY_ALLOWED_HOSTS", "*" if DEMO else "")
SECURE_COOKIES = PUBLIC_URL.startswith("https://")

# ---------------------------------------------------------------- rooms

#: One line per channel: installed app, adapter, connect page and tests follow from it.
CHANNEL_APPS = ["channels_whatsapp", "channels_sms", "channels_voice"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "channels",
    "common",
    "events",
    "tenants",
    "customers",
    "inbox",
    "realtime",
    *CHANNEL_APPS,
    "notifications",
    "webhooks",
    "demo",
]

TENANT_MODEL = "tenants.Tenant"
AUTH_USER_MODEL = "tenants.User"
#: E-mail addresses are unique whatever their case, by an index that this check does not look at.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

#: Who hears of events after their commit: dotted names of functions (tenant_id, last_seq).
EVENT_SUBSCRIBERS = ["realtime.poke.poke", "notifications.poke.poke", "webhooks.poke.poke"]
#: Who keeps rows of customers and takes part when two are merged, in the order in which rows are locked.
CUSTOMER_BELONGINGS = [
    "notifications.operations.belongings.Notified",
    "inbox.operations.belongings.Conversations",
]
#: Who sends templates, so that their pages can say what would miss them.
TEMPLATE_USERS = ["notifications.queries.templates.template_uses"]
#: Who says what a dangerous action touches: dotted names of functions (of, row).
CONSEQUENCES = ["notifications.queries.consequences.consequences"]

MIDDLEWARE = [
    "common.requests.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "common.requests.PermissionsMiddleware",
    "common.static_files.StaticFilesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "csp.middleware.CSPMiddleware",
    "tenants.middleware.TenantMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tenants.context.workspace",
            ]
        },
    }
]

# ---------------------------------------------------------------- PostgreSQL

#: The role that serves: no superuser, no owner, no BYPASSRLS (reliability rule 25).
SERVING_ROLE = "app_web"
OWNER_URL = env_str("DATABASE_OWNER_URL")

DATABASES = {
    "default": {
        **database(env_str("DATABASE_URL", "postgresql://app_web@localhost:5432/parley")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": {"application_name": "parley"},
    }
}

# ---------------------------------------------------------------- Redis: wake-ups, sockets, counters, cache

REDIS_URL = env_str("REDIS_URL", "redis://localhost:6379/0")

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "parley:cache",
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
}
#: Origins beside our own that may open sockets.
SOCKET_ORIGINS = env_list("PARLEY_SOCKET_ORIGINS")
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": "parley:live", "symmetric_encryption_keys": [SECRET_KEY]},
    }
}

# ---------------------------------------------------------------- Celery: wake-ups only (rules 1 and 7)

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_ACKS_ON_FAILURE_OR_TIMEOUT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SOFT_TIME_LIMIT = 45
CELERY_TASK_TIME_LIMIT = 60
CELERY_WORKER_MAX_TASKS_PER_CHILD = 2000
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 300_000
# Its own limit is one task: each would open a connection, which costs PostgreSQL more than most tasks do.
CELERY_DB_REUSE_MAX = sys.maxsize
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20.0
CELERY_WORKER_ENABLE_SOFT_SHUTDOWN_ON_IDLE = True
# Running a task twice is harmless here; cutting one off leaves sends of unknown fate behind.
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_CREATE_MISSING_QUEUES = False
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_QUEUES = {
    name: {"exchange": name} for name in ("inbound", "urgent", "outbound", "media", "default")
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.2,
}
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 10,
    "socket_connect_timeout": 3,
    "socket_keepalive": True,
    "health_check_interval": 15,
    "global_keyprefix": "parley:",
}

#: Queue of work (rows) → the task that drains it, and where that task waits.
WORK_QUEUES = {
    "receipts": ("inbox.drain_receipts", "inbound"),
    "deliveries": ("inbox.deliver", "outbound"),
    "urgent_deliveries": ("inbox.deliver_urgent", "urgent"),
    "media": ("inbox.fetch_files", "media"),
    "seen": ("inbox.tell_read", "outbound"),
    "blocks": ("inbox.tell_blocks", "outbound"),
    "halts": ("inbox.halt", "urgent"),
    "templates": ("channels_whatsapp.work_templates", "default"),
    "bulk_changes": ("inbox.change_many", "default"),
    "snoozes": ("inbox.wake_snoozed", "default"),
    "scheduled": ("inbox.send_scheduled", "default"),
    "catch_up": ("inbox.catch_up", "default"),
    "dues": ("inbox.note_breaches", "default"),
    "calls": ("inbox.end_overdue_calls", "default"),
    "auto_assign": ("inbox.auto_assign", "default"),
    "view_counts": ("inbox.sum_view_counts", "default"),
    "recounts": ("inbox.recount_views", "default"),
    "idle": ("tenants.mark_idle", "default"),
    "ladders": ("notifications.move_ladders", "default"),
    "urgent_ladders": ("notifications.move_urgent", "urgent"),
    "campaigns": ("notifications.work_campaigns", "default"),
    "alerts": ("notifications.look_at_rules", "default"),
    "alert_mails": ("notifications.mail_alerts", "default"),
    "webhooks": ("webhooks.carry", "urgent"),
    "webhook_mails": ("webhooks.mail", "default"),
    "webhook_sweeps": ("webhooks.sweep", "default"),
}

# ---------------------------------------------------------------- the front door

HOOK_MAX_BYTES = 3_670_016
HOOK_WAITING_MAX = 2_000
HOOK_BATCH_MAX = 500
#: Where bodies wait while PostgreSQL is away, for providers that do not ask twice; and how many may.
HOOK_SPOOL_DIR = DATA_DIR / "spool"
HOOK_SPOOL_MAX = 20_000
#: How often such providers are asked what they have that no webhook brought.
CATCH_UP_EVERY_S = 300

# ---------------------------------------------------------------- WhatsApp: this installation's own app

#: With these, people connect a number by Meta's signup and copy nothing. The demo's belong to the simulator.
_DEMO_SECRET = hashlib.sha256(f"demo app {SECRET_KEY}".encode()).hexdigest()[:32] if DEMO else ""
WHATSAPP_APP_ID = env_str("PARLEY_WHATSAPP_APP_ID", "920000000000012" if DEMO else "")
WHATSAPP_APP_SECRET = env_str("PARLEY_WHATSAPP_APP_SECRET", _DEMO_SECRET)
WHATSAPP_LOGIN_CONFIG = env_str("PARLEY_WHATSAPP_LOGIN_CONFIG", "1" if DEMO else "")
WHATSAPP_LOGIN_URL = (
    env_str("PARLEY_WHATSAPP_LOGIN_URL") or SIMULATOR_PUBLIC_URL or "https://www.facebook.com"
)
WHATSAPP_API_URL = env_str("PARLEY_WHATSAPP_API_URL") or SIMULATOR_URL

# ---------------------------------------------------------------- calls: servers that help browsers

STUN_URLS = env_list("PARLEY_STUN_URLS")
TURN_URLS = env_list("PARLEY_TURN_URLS")
#: Shared with the TURN server: each call gets a password of its own, good for some hours.
TURN_SECRET = env_str("PARLEY_TURN_SECRET")

# ---------------------------------------------------------------- outbound HTTP

#: Addresses our own client may reach although they are private or plain http: CIDRs or host:port. The demo
#: talks to its simulator on this machine; nothing is allowed otherwise.
OUTBOUND_ALLOW = env_list("PARLEY_OUTBOUND_ALLOW", "127.0.0.0/8,::1/128" if DEMO else "")

#: A file of certificates to trust instead of the usual ones; empty for those.
OUTBOUND_CA_FILE = env_str("PARLEY_OUTBOUND_CA_FILE")

# ---------------------------------------------------------------- files

FILES_DIR = DATA_DIR / "files"
FILE_LINK_S = 300
DATA_UPLOAD_MAX_MEMORY_SIZE = 3_670_016
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
UPLOAD_MAX_BYTES = 100 * 1024 * 1024

STATIC_URL = "/static/"
NODE_MODULES = BASE_DIR / "node_modules"
#: Served as they are, by explicit prefixes: nothing else of node_modules can be fetched.
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("npm/preact", NODE_MODULES / "preact" / "dist"),
    ("npm/preact/hooks", NODE_MODULES / "preact" / "hooks" / "dist"),
    ("npm/@preact/signals", NODE_MODULES / "@preact" / "signals" / "dist"),
    ("npm/@preact/signals-core", NODE_MODULES / "@preact" / "signals-core" / "dist"),
    ("npm/htm", NODE_MODULES / "htm" / "dist"),
    ("npm/htmx", NODE_MODULES / "htmx.org" / "dist"),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "common.static_files.VersionedStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MIMETYPES = {".mjs": "text/javascript"}

# ---------------------------------------------------------------- sign-in

SESSION_ENGINE = "tenants.session_store"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "tenants.accounts.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Parley"
MFA_ADAPTER = "tenants.accounts.MFAAdapter"
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/inbox/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"
EMAIL_BACKEND = env_str("PARLEY_EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
DEFAULT_FROM_EMAIL = env_str("PARLEY_EMAIL_FROM", "parley@localhost")
#: A mail server that hangs holds up a worker no longer.
EMAIL_TIMEOUT = 10

# ---------------------------------------------------------------- browser security

_PREFIX = "__Host-" if SECURE_COOKIES else f"p{env_int('PORT', 8000)}_"  # copies on one machine share cookies
SESSION_COOKIE_NAME = f"{_PREFIX}parley_sid"
CSRF_COOKIE_NAME = f"{_PREFIX}parley_csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_COOKIES else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "object-src": [NONE],
    }
}

# ---------------------------------------------------------------- words and times

LANGUAGE_CODE = "en"
#: Each in its own words, as choosers show them; docs/adding-a-language.md says what else a language needs.
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("ar", "العربية")]
#: Adds languages in which every word stands in brackets, to find words that are not translated or do not fit.
PSEUDO = DEBUG or env_bool("PARLEY_PSEUDO")
LANGUAGES += PSEUDO_LANGUAGES if PSEUDO else ()
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

# ---------------------------------------------------------------- logs: ids, no bodies or numbers (rule 42)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"redact": {"()": "common.logs.Redact"}},
    "formatters": {"json": {"()": "common.logs.JsonFormatter"}},
    "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["redact"]}},
    "root": {"handlers": ["out"], "level": env_str("PARLEY_LOG_LEVEL", "INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "celery.app.trace": {"level": "WARNING"},  # a line per wake-up tells nothing
        "celery.worker.strategy": {"level": "WARNING"},
    },
}
