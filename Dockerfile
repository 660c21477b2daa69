# syntax=docker/dockerfile:1
FROM python:3.11-slim-bookworm AS packages
RUN python -m venv /srv/venv
COPY requirements.lock .
RUN /srv/venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: --no-binary authres -r requirements.lock

FROM python:3.11-slim-bookworm AS portal
ENV PATH=/srv/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 VAR_ROOT=/srv/var MEDIA_ROOT=/srv/media PRIVATE_ROOT=/srv/private MALLOC_ARENA_MAX=2
RUN useradd --system --uid 10001 --home-dir /srv kazvek \
 && install --directory --owner=kazvek /srv/media /srv/private /srv/tombstones
COPY --from=packages /srv/venv /srv/venv
WORKDIR /srv/kazvek
COPY . .
# What the build needs of the settings; none of it stays in the image's environment.
RUN export LOCAL=1 SECRET_KEY=build PRIVACY_KEY=build DATABASE_URL=postgres://build REDIS_URL=redis://build \
 && python manage.py compile_translations \
 && python manage.py collectstatic --no-input
USER kazvek
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "1", "--no-access-log", "kazvek.wsgi:application"]

FROM caddy:2.10-alpine AS proxy
# A copy has lost the right to low ports, which the kernel would otherwise refuse to grant: the
# container drops all capabilities, and Caddy listens on 8080 and 8443.
RUN cp /usr/bin/caddy /usr/bin/caddy.plain && mv /usr/bin/caddy.plain /usr/bin/caddy \
 && chown -R 10001:10001 /data /config
COPY deploy/Caddyfile /etc/caddy/Caddyfile
USER 10001:10001

# The last stage is what a plain `docker build .` makes.
FROM portal
