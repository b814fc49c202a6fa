# The service alone; broker and Home Assistant are their own containers (docker-compose.yml).
FROM python:3.13-slim

RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin turntoward \
 && mkdir /data && chown turntoward /data

WORKDIR /app
COPY pyproject.toml README.md LICENSE CHANGELOG.md ./
COPY service service
COPY rules rules
RUN pip install --no-cache-dir . && rm -rf /app/*

USER turntoward
ENV TURNTOWARD_CONFIG=/config/household.yaml \
    TURNTOWARD_DATA_DIR=/data \
    PYTHONUNBUFFERED=1
VOLUME ["/config", "/data"]

# The loop writes this file every 15 seconds, and stops writing when it cannot decide (a full disk, say).
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD test $(( $(date +%s) - $(stat -c %Y /data/alive) )) -lt 60

ENTRYPOINT ["turntoward"]
CMD ["run"]
