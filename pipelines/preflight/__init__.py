"""What can be checked of a job without starting it: `--dry-run`.

checks      a check's outcome, and how a failure becomes one
job         options, vocabulary, input and output of every job
google      account, project, services, quota and network of a job on Dataflow
registry    the version of this package in a worker's image
endpoints   job servers of Flink, Spark and others
"""
