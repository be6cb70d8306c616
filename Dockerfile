# The genesis-mon command line as a small image; the genesis-metrics service of the stack runs it.

FROM python:3.11.13-slim-bookworm AS build
WORKDIR /source
COPY constraints.txt pyproject.toml setup.py README.md LICENSE ./
COPY genesis_monitoring genesis_monitoring
COPY templates templates
RUN pip install --no-cache-dir --constraint constraints.txt setuptools \
    && pip wheel --no-cache-dir --no-build-isolation --constraint constraints.txt --wheel-dir /wheels '.[exporter]'
# Without the Compose binary, half of the size: only validate runs it, and not in here.
RUN python -m venv --without-pip /opt/genesis-mon \
    && pip --python /opt/genesis-mon/bin/python install --no-cache-dir --no-index --find-links /wheels 'genesis-mon[exporter]'

FROM python:3.11.13-slim-bookworm
COPY --from=build /opt/genesis-mon /opt/genesis-mon
ENV PATH=/opt/genesis-mon/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /app
COPY slo.yaml ./
USER 65534:65534
EXPOSE 8000
# Of exporter serve on its port, which is what the image does unless it is told another command.
HEALTHCHECK --interval=15s --timeout=5s --start-period=15s --retries=4 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=3)"]
ENTRYPOINT ["genesis-mon"]
CMD ["exporter", "serve", "--listen", "0.0.0.0:8000"]
