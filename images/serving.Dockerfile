# The model server, without TFX. From the project's directory:
#     docker build --file images/serving.Dockerfile --tag IMAGE .
#     docker run --publish 8501:8501 --volume "$PWD/workspace/NAME/serving/NAME:/models/NAME:ro" \
#         IMAGE /models/NAME
# On Vertex AI it finds its model by AIP_STORAGE_URI.
# With NVIDIA's libraries: --build-arg REQUIREMENTS=serving-gpu
FROM python:3.10-slim-bookworm

ARG REQUIREMENTS=serving
ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1

WORKDIR /meritline
COPY requirements/ requirements/
RUN pip install --require-hashes --requirement requirements/${REQUIREMENTS}.txt
COPY serving/ serving/
RUN useradd --system --uid 10001 meritline
USER 10001

EXPOSE 8500 8501
HEALTHCHECK --start-period=2m CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8501/healthz', timeout=5)"]
ENTRYPOINT ["python", "-m", "serving", "--host", "0.0.0.0"]
