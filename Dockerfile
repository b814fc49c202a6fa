# The service alone; broker and Home Assistant are their own containers (docker-compose.yml), or the Supervisor brings
# them (homeassistant-app/). One image for both.
FROM python:3.13-slim

LABEL io.hass.type="app" \
      io.hass.version="0.1.0" \
      io.hass.arch="aarch64|amd64" \
      org.opencontainers.image.title="Turntoward" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="GPL-3.0-or-later"

RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin turntoward \
 && mkdir -m 700 /data && chown turntoward /data

WORKDIR /app
COPY pyproject.toml README.md LICENSE CHANGELOG.md ./
COPY service service
COPY rules rules
RUN pip install --no-cache-dir . && rm -rf /app/*

# There is no USER: the folders the Supervisor mounts belong to root. Where it is started as root, the service hands /data
# over to this user and goes on as that one before it connects to anything.
ENV TURNTOWARD_USER=turntoward \
    TURNTOWARD_CONFIG=/config/household.yaml \
    TURNTOWARD_DATA_DIR=/data \
    PYTHONUNBUFFERED=1
VOLUME ["/config", "/data"]

# The loop writes alive every 15 seconds, and stops writing when it cannot decide (a full disk, say). An app that waits for
# its household.yaml writes alive.waiting.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD test -n "$(find /data -maxdepth 1 -name 'alive*' -newermt '60 seconds ago')"

ENTRYPOINT ["turntoward"]
CMD ["run"]
