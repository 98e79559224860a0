# Every component of a compiled pipeline. From the project's directory:
#     docker build --file images/pipeline.Dockerfile --tag IMAGE .
# With NVIDIA's libraries, for nodes that have GPUs:
#     docker build --file images/pipeline.Dockerfile --build-arg REQUIREMENTS=gpu --tag IMAGE-gpu .
FROM python:3.10-slim-bookworm

ARG REQUIREMENTS=runtime
# Logs go out as they are written; the user below has no home to write to.
ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    MPLCONFIGDIR=/tmp

# What a compiled pipeline names without a directory before it, such as a curated schema, is here.
WORKDIR /meritline
COPY requirements/ requirements/
RUN pip install --require-hashes --requirement requirements/${REQUIREMENTS}.txt
COPY . .
RUN pip install --no-deps --no-build-isolation --editable . \
    && useradd --system --uid 10001 meritline
USER 10001

# A backend says the command of each task; without one, the image tells what it is.
HEALTHCHECK CMD ["python", "-c", "import tfx, components"]
CMD ["meritline", "--help"]
