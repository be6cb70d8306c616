# The genesis-mon command line as a small image; the genesis-metrics service of the stack runs it.

FROM python:3.11.13-slim-bookworm AS build
WORKDIR /source
COPY constraints.txt pyproject.toml setup.py README.md ./
COPY genesis_monitoring genesis_monitoring
COPY templates templates
RUN pip install --no-cache-dir --constraint constraints.txt setuptools \
    && pip wheel --no-cache-dir --no-build-isolation --constraint constraints.txt --wheel-dir /wheels .

FROM python:3.11.13-slim-bookworm
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-compile --no-index --find-links /wheels genesis-mon
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /app
COPY slo.yaml ./
USER 65534:65534
ENTRYPOINT ["genesis-mon"]
