"""Does the web process in this container answer? `healthy.py [healthz|readyz]` exits 0 or 1."""

import os
import sys
import urllib.error
import urllib.request

page = sys.argv[1] if sys.argv[1:] else "healthz"
host = os.environ["ALLOWED_HOSTS"].split(",")[0]
request = urllib.request.Request(f"http://127.0.0.1:8000/{page}", headers={"Host": host})
try:
    with urllib.request.urlopen(request, timeout=3) as answer:
        print(answer.read().decode())
except urllib.error.HTTPError as refusal:
    sys.exit(refusal.read().decode())
except OSError as error:
    sys.exit(str(error))
