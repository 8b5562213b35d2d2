#!/usr/bin/env bash
# A first visit of ten minutes, without account or key: what docs/first-visit.md shows. CI runs it; with --write it writes
# the page anew. Everything it makes is in a folder of its own, which is deleted.
set -euo pipefail
home=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
page=$home/docs/first-visit.md
write=${1:-}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
ln -s "$home/rlm" rlm
export PATH=/usr/bin:$PATH # the system's own python3 and no shim, so that the page names no folder of a person

# What the visit is about: a text of 20 MB with one sentence that matters, and a folder with one broken file.
python3 - <<'P'
import os, random
random.seed(7)
words = "river stone garden letter winter music paper window harbour silver market candle forest bread".split()
with open("harbour.txt", "w") as text:
    size = 0
    while size < 20_000_000:
        line = " ".join(random.choice(words) for _ in range(12)).capitalize() + ".\n"
        if 11_000_000 < size and "Quillmoor" not in globals():
            Quillmoor = line = "The lighthouse of Quillmoor was lit for the first time on 3 March 1871.\n"
        size += text.write(line)
os.mkdir("letters")
for name, who in (("anna", "Anna Brandt"), ("bela", "Bela Kovacs"), ("carl", "Carl Lind")):
    with open(f"letters/{name}.txt", "w") as letter:
        letter.write(f"Dear friend,\nthe harvest is in.\nThis letter was signed by {who}.\n")
with open("letters/dora.txt", "wb") as letter:
    letter.write(b"Dear friend,\nthis was \xff\xfe never text.\n")
P

out=$scratch/transcript
say() {
  printf '\n```\n$ %s\n' "$*" >>"$out"
  printf '\n$ %s\n' "$*"
}
visit() {
  local expected=$1 status=0
  shift
  say "$@"
  bash -c "$*" >"$scratch/said" 2>&1 || status=$?
  sed "s#$scratch/##g" "$scratch/said" | tee -a "$out"
  echo '```' >>"$out"
  if [[ $status != "$expected" ]]; then
    echo "exit code $status, expected $expected" >&2
    exit 1
  fi
}

visit 0 "./rlm quickstart --output runs/quick | tail -n 22"
visit 0 "./rlm ask harbour.txt 'When was the lighthouse of Quillmoor lit?'"
visit 3 "./rlm run --input letters --query 'Who signed this letter?' --output runs/letters"
visit 0 "./rlm show runs/letters"
visit 0 "./rlm show runs/letters dora.txt"
printf 'Dear friend,\nThis letter was signed by Dora Weiss.\n' >letters/dora.txt
say "printf 'Dear friend,\\nThis letter was signed by Dora Weiss.\\n' > letters/dora.txt"
echo '```' >>"$out"
visit 0 "./rlm run --input letters --query 'Who signed this letter?' --ids dora.txt --output runs/again"
visit 0 "./rlm run --input letters --query 'Who signed this letter?' --explain | head -n 45"
visit 0 "./rlm doctor"

grep -q '1871' "$out"
grep -q 'Dora Weiss' runs/again/results-*.jsonl
if [[ $write == --write ]]; then
  {
    printf '# A first visit\n\nTen minutes, no account, no key. `docs/first-visit.sh` runs these very commands, and writes this page.\n'
    printf 'Two texts are made first: `harbour.txt`, 20 MB with one sentence that matters, and `letters/`, four letters of\nwhich one is no text. The answers are a keyword matcher'"'"'s, which is not a language model.\n'
    cat "$out"
  } >"$page"
fi
