"""Does the web process in this container answer? The container's health check asks."""

import os
import sys
import urllib.request

host = os.environ["ALLOWED_HOSTS"].split(",")[0]
request = urllib.request.Request("http://127.0.0.1:8000/healthz", headers={"Host": host})
with urllib.request.urlopen(request, timeout=3) as answer:
    sys.exit(answer.status != 200)
