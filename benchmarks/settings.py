from kazvek.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.urls"
