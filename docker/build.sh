#!/bin/sh
# Builds an image: docker/build.sh worker|trainer-cpu|trainer-gpu|trainer-tpu [TAG]
set -eu
cd "$(dirname "$0")/.."
kind=${1:?which image: worker, trainer-cpu, trainer-gpu or trainer-tpu}
tag=${2:-albert-data-$kind}
constraints=constraints.txt
case $kind in
worker) extra= ;;
trainer-cpu) extra=train ;;
trainer-gpu) extra=gpu ;;
trainer-tpu)
    extra=tpu
    constraints=constraints-tpu.txt
    ;;
*)
    echo "no such image: $kind" >&2
    exit 2
    ;;
esac
rm -rf dist
python3 -m pip wheel --quiet --no-deps --wheel-dir dist .
version=$(ls dist/albert_data-*.whl | sed 's/.*albert_data-\([^-]*\)-.*/\1/')
set -- --label "org.opencontainers.image.version=$version"
if [ "$extra" ]; then
    python3 - "$extra" >dist/extra.txt <<'END'
import sys, tomllib

project = tomllib.load(open("pyproject.toml", "rb"))["project"]
print(*project["optional-dependencies"][sys.argv[1]], sep="\n")
END
    set -- "$@" --build-arg "CONSTRAINTS=$constraints"
fi
docker build --file "docker/${kind%-*}.Dockerfile" --tag "$tag" "$@" .
