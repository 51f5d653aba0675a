#!/bin/sh
# Does the model learn? A tiny ALBERT on real books and Wikipedia, on a CPU, ten minutes. The build holds
# documents out; their scores stand beside what is reached without a model, and the last lines say what of it is
# shown. docs/model.md has the result to expect.
#
#   examples/learn.sh BOOKS WIKIPEDIA [OUT]     a folder of plain-text books and a dump; OUT: ./learn
set -eu
usage="$0 BOOKS WIKIPEDIA [OUT], by make: make learn BOOKS=FOLDER WIKIPEDIA=DUMP"
books=$(cd "${1:?a folder of plain-text books is missing: $usage}" && pwd)
[ -f "${2:?a Wikipedia dump (pages-articles) is missing: $usage}" ] || { echo "$2: no such file; $usage" >&2; exit 2; }
wikipedia=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
cd "$(dirname "$0")/.."
out=${3:-learn}
export TF_CPP_MIN_LOG_LEVEL=2
# What an earlier call made with other sources or settings would be gone on with.
rm -rf "$out/shards" "$out/model"
mkdir -p "$out"
set -- --source "books:$books" --source "wikipedia:$wikipedia"

echo "== a vocabulary of 4,000 pieces, from all texts"
albert-data vocab "$@" --size 4000 --output "$out/vocab.model"

echo "== shards of 64 tokens: the documents four times with other choices; a fifth of them held out"
albert-data build "$@" --vocab "$out/vocab.model" --config tiny.yaml --hold-out 20% \
    --set shards.count=16 --set pairs.dupe_factor=4 --output "$out/shards"

echo "== training: what is to beat, the phases of the curve, scores on the held-out documents"
albert-train --strategy cpu --config examples/learn.yaml --shards "$out/shards" --model-dir "$out/model"

echo "== the held-out documents, all of them"
albert-evaluate --model-dir "$out/model" --batch-size 256
albert-runs "$out/model" --title "make learn"
