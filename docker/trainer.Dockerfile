# The trainer. Build it with docker/build.sh trainer-cpu or docker/build.sh trainer-tpu, which set
# what TensorFlow is to be. Our wheel comes without its dependencies: Beam is not needed here.
FROM python:3.11-slim
ARG REQUIREMENTS
COPY dist/*.whl /tmp/wheel/
RUN for package in $REQUIREMENTS click google-crc32c numba pyarrow pyyaml rich safetensors sentencepiece; \
        do echo "$package"; done > /tmp/requirements.txt \
    && python -m pip install --no-cache-dir --requirement /tmp/requirements.txt \
    && python -m pip install --no-cache-dir --no-deps /tmp/wheel/*.whl \
    && rm -rf /tmp/wheel /tmp/requirements.txt \
    && useradd --uid 1000 --create-home trainer
USER 1000
ENTRYPOINT ["python", "-m", "model.train_tpu"]
