# Workers of Dataflow, Flink and Spark: Beam's boot program and our wheel, no TensorFlow.
# Build it with docker/build.sh worker.
ARG BEAM=2.77.0
FROM apache/beam_python3.11_sdk:${BEAM} AS beam

FROM python:3.11-slim
COPY --from=beam /opt/apache/beam /opt/apache/beam
COPY constraints.txt dist/*.whl /tmp/wheel/
RUN python -m pip install --no-cache-dir --constraint /tmp/wheel/constraints.txt \
        "$(ls /tmp/wheel/*.whl)[gcp,aws]" \
    && rm -rf /tmp/wheel \
    && python -c "import albert_pipelines.stages" \
    && useradd --uid 1000 --create-home worker
# Dataflow starts workers as root whatever is said here; Flink and Spark obey.
USER 1000
ENTRYPOINT ["/opt/apache/beam/boot"]
