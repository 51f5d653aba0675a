# The trainer. Build it with docker/build.sh trainer-cpu, trainer-gpu or trainer-tpu, which writes what TensorFlow
# is to be (an extra of pyproject.toml) to extra.txt. Our wheel comes without its dependencies: Beam is not needed.
FROM python:3.11-slim
ARG CONSTRAINTS
COPY constraints*.txt dist/extra.txt dist/*.whl /tmp/wheel/
RUN python -m pip install --no-cache-dir --constraint "/tmp/wheel/$CONSTRAINTS" \
        --requirement /tmp/wheel/extra.txt \
        backports.zstd click google-crc32c msgspec numba pyarrow pyyaml rich sentencepiece \
    && python -m pip install --no-cache-dir --no-deps /tmp/wheel/*.whl \
    && rm -rf /tmp/wheel \
    && useradd --uid 1000 --create-home trainer
USER 1000
ENTRYPOINT ["albert-train"]
