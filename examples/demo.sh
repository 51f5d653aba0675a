#!/bin/sh
# The main job on examples/corpus: train a small vocabulary, build shards, check them, look at them, re-mask.
set -eu
cd "$(dirname "$0")/.."
rm -rf demo
mkdir demo
sources="--source books:examples/corpus/books --source wikipedia:examples/corpus/wikipedia.xml"

echo "== a vocabulary of 3,000 pieces"
albert-data vocab $sources --size 3000 --output demo/vocab.model
echo
echo "== shards (the first run on a machine compiles its kernels behind "tokenize 100%": a minute or two)"
albert-data build $sources --vocab demo/vocab.model --config tiny.yaml --output demo/shards
echo
echo "== every record re-checked"
albert-data verify demo/shards
echo
echo "== a record as people read it"
albert-data inspect demo/shards --where swapped --count 1
echo
echo "== another variant from the same token cache: bigram masks, next-sentence prediction"
albert-data remask demo/shards/tokens --output demo/shards-nsp \
    --set pairs.objective=nsp --set masking.max_ngram=2
echo
echo "== both on one page"
albert-data report demo/shards --against demo/shards-nsp --output demo/report.html
echo
echo "Look at demo/report.html, demo/shards/README.md (the data card) and demo/shards/manifest.json."
