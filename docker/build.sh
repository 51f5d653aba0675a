#!/bin/sh
# Builds an image: docker/build.sh worker|trainer-cpu|trainer-gpu|trainer-tpu [TAG]
set -eu
cd "$(dirname "$0")/.."
kind=${1:?which image: worker, trainer-cpu, trainer-gpu or trainer-tpu}
tag=${2:-albert-data-$kind}
set --
case $kind in
worker) file=worker ;;
trainer-cpu)
    file=trainer
    set -- --build-arg TENSORFLOW=tensorflow-cpu --build-arg CONSTRAINTS=constraints.txt
    ;;
trainer-gpu)
    file=trainer
    set -- --build-arg 'TENSORFLOW=tensorflow[and-cuda]' --build-arg CONSTRAINTS=constraints.txt
    ;;
trainer-tpu)
    file=trainer
    set -- --build-arg TENSORFLOW=tensorflow-tpu --build-arg CONSTRAINTS=constraints-tpu.txt
    ;;
*)
    echo "no such image: $kind" >&2
    exit 2
    ;;
esac
rm -rf dist
python3 -m pip wheel --quiet --no-deps --wheel-dir dist .
docker build --file "docker/$file.Dockerfile" --tag "$tag" "$@" .
