"""Compiles a pipeline for Vertex AI or Kubeflow Pipelines, and submits it.

    python kubeflow_runner.py my.yaml --image IMAGE --pipeline-root gs://BUCKET/pipelines
    python kubeflow_runner.py my.yaml --image IMAGE --pipeline-root gs://BUCKET/pipelines --submit

Takes what `meritline compile` takes; `--help` tells it all. The exit status is 0 where it was
compiled, and submitted if that was asked, 1 after a crash or where the backend refused it, and 2
where the config or the command line is wrong.
"""

from pipeline.remote import compile_command

if __name__ == "__main__":
    compile_command.compile_(prog_name="kubeflow_runner.py")
