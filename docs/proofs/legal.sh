#!/usr/bin/env bash
# 'Who holds the copyright?' over the JDK's legal/ folder, with the keyword matcher. Counts the files whose answer is a
# line of that very file with a year or a holder's name. A file that is linked into many modules counts once; the count
# over all names is printed too, with the lines that speak of "its copyright holder" and name nobody told apart.
# Usage: docs/proofs/legal.sh [LEGAL_FOLDER] [--limit=N]; exit 0 when nine in ten files or more are right, else 1.
set -euo pipefail
home=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

legal=${1:-}
shift || true
if [[ -z $legal ]]; then
  java=$(readlink -f "$(command -v "${JAVA_HOME:+$JAVA_HOME/bin/}java")")
  legal=$(dirname "$(dirname "$java")")/legal
fi
[[ -d $legal ]] || { echo "There is no folder $legal; name a JDK's legal folder." >&2; exit 2; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$home/rlm" run --input "$legal/**" --query 'Who holds the copyright?' --output "$work/out" --trajectories none "$@" \
  >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }

python3 - "$legal" "$work/out" <<'PYTHON'
import glob, json, os, re, sys

legal, out = sys.argv[1:]
fold = lambda text: " ".join(text.split())
rows = [json.loads(line) for path in glob.glob(out + "/results-*") for line in open(path, encoding="utf-8")]
names = nobody = 0
files = {}
for row in rows:
    path = next(p for p in (os.path.join(legal, row["id"]), row["id"]) if os.path.isfile(p))
    text = fold(open(path, encoding="utf-8", errors="replace").read())
    answer = fold(row["answer"])
    there = bool(answer) and answer in text
    right = there and bool(
        re.search(r"\b(19|20)\d\d\b", answer) or re.search(r"(?i:copyright|©).*[A-Za-z]*[A-Z]\w+", answer)
    )
    names += right
    nobody += there and not right and "copyright holder" in answer
    files.setdefault(os.path.realpath(path), []).append((right, row["id"], answer))
right = sum(all(each[0] for each in same) for same in files.values())
for same in files.values():
    if not same[0][0]:
        print(f"missed: {same[0][1]} (and {len(same) - 1} links to it): {same[0][2][:90]!r}")
print(f"{right} of {len(files)} files: a line of that very file with a year or a holder ({100 * right / max(1, len(files)):.0f} %)")
print(f"by name, links counted: {names} of {len(rows)}, and {nobody} with a line on 'its copyright holder' that names nobody")
sys.exit(0 if files and right >= 0.9 * len(files) else 1)
PYTHON
