# The trainer. Build it with docker/build.sh trainer-cpu or docker/build.sh trainer-tpu, which set
# what TensorFlow is to be. Our wheel comes without its dependencies: Beam is not needed here.
FROM python:3.11-slim
ARG CONSTRAINTS
ARG TENSORFLOW
COPY constraints*.txt dist/*.whl /tmp/wheel/
RUN python -m pip install --no-cache-dir --constraint "/tmp/wheel/$CONSTRAINTS" "$TENSORFLOW" keras \
        click google-crc32c msgspec numba pyarrow pyyaml rich safetensors sentencepiece \
    && python -m pip install --no-cache-dir --no-deps /tmp/wheel/*.whl \
    && rm -rf /tmp/wheel \
    && useradd --uid 1000 --create-home trainer
USER 1000
ENTRYPOINT ["albert-train"]
