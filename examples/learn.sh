#!/bin/sh
# Does the model learn? A tiny ALBERT on real books, on a CPU. Every third book is held out; the
# vocabulary and the shards come from the others. docs/model.md has the result to expect.
#
#   examples/learn.sh BOOKS [OUT]     BOOKS: a folder of plain-text books; OUT is ./learn by default
set -eu
books=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
out=${2:-learn}
export TF_CPP_MIN_LOG_LEVEL=2
mkdir -p "$out/books/train" "$out/books/held_out"
find "$books" -name '*.txt' | sort | awk '{print (NR % 3 ? "train" : "held_out"), $0}' |
    while read -r part book; do ln -sf "$book" "$out/books/$part/"; done

echo "== a vocabulary of 4,000 pieces, from the training books"
albert-data vocab --source "books:$out/books/train" --size 4000 --output "$out/vocab.model"

echo "== shards of 64 tokens: the training books ten times with other choices, the others once"
for part in train:10 held_out:1; do
    albert-data build --source "books:$out/books/${part%:*}" --vocab "$out/vocab.model" \
        --config tiny.yaml --set shards.count=16 --set "pairs.dupe_factor=${part#*:}" \
        --output "$out/shards/${part%:*}"
done

echo "== training"
albert-train --strategy cpu --config examples/learn.yaml \
    --shards "$out/shards/train" --model-dir "$out/model"

echo "== the held-out books: loss against unigrams, sentence order against chance"
albert-evaluate --model-dir "$out/model" --batch-size 256 --shards "$out/shards/held_out"
