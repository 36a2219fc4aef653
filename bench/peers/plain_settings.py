"""The product's settings with one plain view and no middleware: the least a Django view can do."""

from config.settings import *  # noqa: F403 - everything stays but what is named below
from config.settings import INSTALLED_APPS as _APPS

ROOT_URLCONF = "bench.peers.plain_urls"
MIDDLEWARE = []
INSTALLED_APPS = [app for app in _APPS if not app.startswith("allauth")]  # it insists on its middleware
