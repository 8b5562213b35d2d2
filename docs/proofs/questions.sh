#!/usr/bin/env bash
# Twenty questions, fixed before the keyword matcher was written, over one 20 MB file of real text. Counts the answers
# that hold the right sentence. Usage: docs/proofs/questions.sh [BYTES] (default 20000000; with less, the questions whose
# sentence is in the part are asked). Exit 0 when three in four or more are right, else 1.
set -euo pipefail
here=$(cd -P "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bytes=${1:-20000000}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$here/real-text.sh" "$work/text.txt" "$bytes"

python3 - "$here/real-text-questions.jsonl" "$work" <<'PYTHON'
import json, sys

questions, work = sys.argv[1:]
fold = lambda text: " ".join(text.split())
text = fold(open(work + "/text.txt", encoding="utf-8").read())
with open(work + "/tasks.jsonl", "w", encoding="utf-8") as tasks:
    for line in open(questions, encoding="utf-8"):
        row = json.loads(line)
        if any(fold(each) in text for each in row["expect"]):
            tasks.write(json.dumps({"id": row["id"], "query": row["query"], "uri": work + "/text.txt"}) + "\n")
PYTHON

"$here/../../rlm" run --input "$work/tasks.jsonl" --contextUriField uri --output "$work/out" --trajectories none \
  >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }

python3 - "$here/real-text-questions.jsonl" "$work/out" <<'PYTHON'
import glob, json, sys

questions, out = sys.argv[1:]
fold = lambda text: " ".join(text.split())
expect = {row["id"]: row for row in map(json.loads, open(questions, encoding="utf-8"))}
rows = [json.loads(line) for path in glob.glob(out + "/results-*") for line in open(path, encoding="utf-8")]
right = 0
for row in sorted(rows, key=lambda row: row["id"]):
    hit = any(fold(each) in fold(row["answer"]) for each in expect[row["id"]]["expect"])
    right += hit
    print(("right " if hit else "missed"), row["id"], expect[row["id"]]["query"], "->", fold(row["answer"])[:120])
print(f"{right} of {len(rows)} questions: the right sentence")
sys.exit(0 if rows and right >= 0.75 * len(rows) else 1)
PYTHON
