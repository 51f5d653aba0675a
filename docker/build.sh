#!/bin/sh
# Builds an image: docker/build.sh worker|trainer-cpu|trainer-tpu [TAG]
set -eu
cd "$(dirname "$0")/.."
kind=${1:?which image: worker, trainer-cpu or trainer-tpu}
tag=${2:-albert-data-$kind}
case $kind in
worker) file=worker requirements= ;;
trainer-cpu) file=trainer requirements='tensorflow-cpu==2.21.0 keras==3.15.1' ;;
trainer-tpu) file=trainer requirements='tensorflow-tpu==2.19.1 keras==3.15.1 protobuf<6' ;;
*)
    echo "no such image: $kind" >&2
    exit 2
    ;;
esac
rm -rf dist
python3 -m pip wheel --quiet --no-deps --wheel-dir dist .
docker build --file "docker/$file.Dockerfile" --tag "$tag" \
    --build-arg REQUIREMENTS="$requirements" .
