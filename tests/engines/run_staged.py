"""Runs a pipeline that was staged for Dataflow, as its workers would: from its bytes and our wheel.

Started by `dataflow_service.py` in an environment where this repository is not installed.
"""

import sys

from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.portability.api import beam_runner_api_pb2
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from google.cloud import storage

bucket, _, name = sys.argv[1].removeprefix("gs://").partition("/")
client = storage.Client.create_anonymous_client()
pipeline = beam_runner_api_pb2.Pipeline()
pipeline.ParseFromString(client.bucket(bucket).blob(name).download_as_bytes())
for environment in pipeline.components.environments.values():
    environment.urn, environment.payload = "beam:env:embedded_python:v1", b""
    del environment.dependencies[:]
FnApiRunner().run_via_runner_api(pipeline, PipelineOptions([]))
