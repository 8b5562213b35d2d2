#!/usr/bin/env bash
# Builds one large file of real English text out of Debian packages: the King James Bible, the Free
# On-line Dictionary of Computing, the Jargon File and Perl's manual. The questions in
# real-text-questions.jsonl are asked over it.
#
# usage: real-text.sh OUT [BYTES]
#
# OUT is cut at the last line end within BYTES (default 20000000). The same package versions give the
# same bytes: on Debian 12 with perl-doc 5.36.0-7+deb12u4, SHA-256
# d76a2ac7c8750af033e9262bd28895790166968c66a328d0e09298bfcab74729.
# REAL_TEXT_ROOT names another root folder, for packages unpacked with `dpkg -x` and not installed.
set -euo pipefail
export LC_ALL=C

readonly PACKAGES=(bible-kjv bible-kjv-text dict-foldoc dict-jargon perl-doc)

fail() {
  echo "real-text: $1" >&2
  exit "$2"
}

[[ $# -eq 1 || $# -eq 2 ]] || fail "usage: real-text.sh OUT [BYTES]" 2
readonly out=$1 bytes=${2:-20000000} root=${REAL_TEXT_ROOT:-}
[[ $bytes =~ ^[1-9][0-9]*$ ]] || fail "BYTES must be a whole number above 0, but was '$bytes'" 2

readonly bible=$root/usr/bin/bible
readonly dictionaries=("$root/usr/share/dictd/foldoc.dict.dz" "$root/usr/share/dictd/jargon.dict.dz")
# perldiag.pod comes with Perl itself: left out, so that unpacked and installed packages agree.
mapfile -t pods < <(
  find "$root/usr/share/perl" -path '*/pod/*.pod' ! -name perldiag.pod -type f 2>/dev/null | sort)

for needed in "$bible" "$root/usr/lib/bible.data" "${dictionaries[@]}"; do
  [[ -e $needed ]] || fail "$needed is missing; run: apt-get install ${PACKAGES[*]}" 3
done
((${#pods[@]} > 0)) \
  || fail "Perl's manual is missing; run: apt-get install ${PACKAGES[*]}" 3

parts=$(mktemp -d)
readonly parts
trap 'rm -rf "$parts"' EXIT

# -f prints one verse a line, the same at any terminal width.
"$bible" -p "$root/usr/lib" -f 'gen1:1-rev22:21' </dev/null >"$parts/all"
for dictionary in "${dictionaries[@]}"; do
  gzip -dc <"$dictionary" >>"$parts/all"
done
cat "${pods[@]}" >>"$parts/all"

size=$(wc -c <"$parts/all")
((size >= bytes)) || fail "the packages hold only $size bytes of text, $bytes were asked for" 4

head -c "$bytes" "$parts/all" >"$parts/cut"
# What follows the last line end is a torn line, unless the cut fell on a line end.
torn=0
[[ $(tail -c 1 "$parts/cut" | od -An -tx1) == *0a* ]] || torn=$(tail -n 1 "$parts/cut" | wc -c)
head -c "$((bytes - torn))" "$parts/cut" >"$out"

echo "$(sha256sum <"$out" | cut -d' ' -f1)  $out  $(wc -c <"$out") bytes"
