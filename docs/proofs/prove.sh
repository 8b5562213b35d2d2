#!/usr/bin/env bash
# The heavier proofs: ./rlm prove spine|heap|modal|flink|flink-speed|flink-memory|flink-jobs|addons|dataflow [--tenth]
#   spine   5,000 elements (RLM_PROVE_ELEMENTS for another number) through the transform (output multiset, peak in
#           flight, heap, threads left), the JDK's legal/ folder, and twenty questions over 20 MB of real text
#   heap    ten contexts of 100 MB by URI, in flight at once, through a run with a heap of 512 MiB
#   modal   quickstart's dataset and 200 elements over 20 sandboxes at Modal's emulator, the 200 again with each kind of
#           fault, an element that kills its sandboxes, workers that are killed, and what a query costs 40 ms away
#   flink   a cluster of two task managers: one killed in the middle, a job cancelled on its page, one ended by Ctrl-C,
#           one left alone, one submitted by Flink's own client; then the three that follow
#   flink-speed   2,000 elements as on the Direct runner, two task managers against one, in flight, DataStream, streaming;
#                 RLM_PROVE_LATENCY=MILLISECONDS a turn where processors cannot make and end 43 sessions a second
#   flink-memory  20,500 small elements and 310 of 20 MB on a heap of 512 MiB
#   flink-jobs    twenty jobs in the same task managers: metaspace, class loaders, threads
#   addons        input, contexts and output on a real HDFS, on S3Proxy, and on a server that speaks gs://'s protocol
#   dataflow      the real run() against a transport that keeps what is posted; the bundle's rules (no network but for Maven)
# The whole proof writes docs/proofs/NAME.md with date, commit and machine when all of it has passed; --tenth runs a tenth
# (of addons and dataflow all) and writes nothing (mvn verify runs 128 of the elements, and the tenths of heap, modal and flink).
set -euo pipefail
elements=${RLM_PROVE_ELEMENTS:-5000}
home=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
here=$home/docs/proofs

name=${1:-}
part=${2:-}
if [[ ! $name =~ ^(spine|heap|modal|addons|dataflow|flink(-speed|-memory|-jobs)?)$ || ( -n $part && $part != --tenth ) ]]; then
  sed -n '2,17p' "${BASH_SOURCE[0]}" | cut -c3- >&2
  exit 2
fi

heap() {
  (cd "$home" && mvn -B -ntp -Dquick -pl pipelines -am test -Dagent.tests.skip=true -Dtest=RunHeapTest \
    -Dsurefire.failIfNoSpecifiedTests=false "$@" 2>&1) | grep -E '^\[(INFO|ERROR)\].*(Tests run|RunHeapTest)|by URI'
}

# What the tests say of it, a line a run.
modal() {
  (cd "$home" && mvn -B -ntp -Dquick -pl pipelines -am test -Dagent.tests.skip=true \
    -Dtest='ModalProofTest,ModalFaultsTest,ModalPoisonTest,ModalKilledTest,ModalLatencyTest' \
    -Dsurefire.failIfNoSpecifiedTests=false -Dsurefire.runOrder=alphabetical -Dpipelines.forks=1 \
    -Dsurefire.timeout=7200 "$@" 2>&1) |
    grep -E '^\[(INFO|WARNING|ERROR)\].*(Tests run|Modal[A-Za-z]*Test)|proof: ' | sed 's/^INFO: proof: //'
}

dataflow() {
  (cd "$home" && mvn -B -ntp -Dquick -Pdataflow -pl runners-config/dataflow -am verify -Dagent.tests.skip=true \
    -Dtest='DataflowJobTest,FlexTemplateTest,SecretManagerTest' -Dsurefire.failIfNoSpecifiedTests=false "$@" 2>&1) |
    grep -E '^\[(INFO|WARNING|ERROR)\].*(Tests run:|Test$|Rule [0-9]+:|BUILD)'
}

addons() {
  (cd "$home" && mvn -B -ntp -Dquick -Paddons \
    -pl runners-config/addons/proof,runners-config/flink/cluster,runners-config/direct -am verify \
    -Dagent.tests.skip=true -Dtest='AddOnJarsTest,GsProofTest,HdfsProofTest,S3ProofTest' -Drlm.prove.flink=true \
    -Dsurefire.failIfNoSpecifiedTests=false "$@" 2>&1) |
    grep -E '^\[(INFO|WARNING|ERROR)\].*(Tests run|(ProofTest|JarsTest)$)|proof: ' | sed 's/^INFO: proof: //'
}

flink() {
  local class=$1
  shift
  (cd "$home" && mvn -B -ntp -Dquick -pl runners-config/direct,runners-config/flink,runners-config/flink/cluster -am verify \
    -Dagent.tests.skip=true -Dtest="$class" -Dsurefire.failIfNoSpecifiedTests=false -Dsurefire.timeout=7200 \
    -Drlm.prove.latency="${RLM_PROVE_LATENCY:-500}" "$@" 2>&1) |
    grep -E '^\[(INFO|WARNING|ERROR)\].*(Tests run|Flink[A-Za-z]*Test)|proof: ' | sed 's/^INFO: proof: //'
}

declare -A class=([flink]=FlinkClusterTest,FlinkLaunchTest [flink-speed]=FlinkSpeedTest [flink-memory]=FlinkMemoryTest [flink-jobs]=FlinkJobsTest)

# By name: their tests are part of no build.
tenths() {
  flink "$1" -Drlm.prove.flink=true -Drlm.prove.elements=200 -Drlm.prove.small=2050 -Drlm.prove.large=31 -Drlm.prove.jobs=6
}

if [[ $part == --tenth && $name == flink ]]; then
  flink FlinkClusterTest
  exit 0
elif [[ $part == --tenth && $name == flink-* ]]; then
  tenths "${class[$name]}"
  exit 0
elif [[ $name =~ ^(heap|modal|addons|dataflow)$ && $part == --tenth ]]; then
  "$name"
  exit 0
fi

if [[ $part == --tenth ]]; then
  echo "legal/, whole, because it takes seconds:"
  "$here/legal.sh"
  echo "real text, a tenth:"
  "$here/questions.sh" 2000000
  exit 0
fi

declare -A subject=([spine]="the spine" [heap]="the heap" [modal]="Modal's client, at the emulator" [flink]="Flink: what may befall a job"
  [flink-speed]="Flink: how fast a job is" [flink-memory]="Flink: what fits into a small heap"
  [addons]="gs://, s3:// and hdfs:// on Flink" [dataflow]="Dataflow, without Google Cloud"
  [flink-jobs]="Flink: what twenty jobs leave behind")
failed=0
section() {
  local title=$1
  shift
  printf '\n## %s\n\n```\n' "$title"
  # shellcheck disable=SC2016 # a fence, not a command
  "$@" 2>&1 || { failed=1; echo "FAILED"; }
  printf '```\n'
}

elements() {
  (cd "$home" && mvn -B -ntp -Dquick -pl transforms -am test -Dagent.tests.skip=true -Dtest=RlmTransformTest,InterleavedBundlesTest \
    -Dsurefire.failIfNoSpecifiedTests=false -Drlm.prove.elements="$elements" \
    -Dsurefire.timeout=7200 -Djunit.jupiter.execution.timeout.mode=disabled 2>&1) | grep -E '^\[(INFO|ERROR)\].*(Tests run|BundlesTest|RlmTransformTest)|elements,'
}

spine() {
  section "$elements elements through the transform" elements
  section "'Who holds the copyright?' over the JDK's legal/ folder" "$here/legal.sh"
  section "Twenty questions over 20 MB of real text" "$here/questions.sh"
}

# Of the code; the other proofs' documents are no part of it.
version() {
  local commit changed=''
  commit=$(git -C "$home" rev-parse --short HEAD 2>/dev/null) || commit=unknown
  git -C "$home" diff --quiet HEAD -- . ':!docs/proofs/*.md' 2>/dev/null || changed=' with changes'
  echo "$commit$changed"
}

out=$(mktemp)
{
  echo "# Proof of ${subject[$name]}"
  echo
  echo "$(date -u +%Y-%m-%d), commit $(version)," \
    "$(nproc) cores, $(awk '/MemTotal/ {printf "%.0f GiB", $2 / 1048576}' /proc/meminfo)," \
    "$("${JAVA_HOME:+$JAVA_HOME/bin/}java" -version 2>&1 | sed -n '1s/.*"\(.*\)".*/Java \1/p')." \
    "Made by \`./rlm prove $name\`."
  if [[ $name == heap ]]; then
    section "Ten contexts of 100 MB by URI, in flight at once, on a heap of 512 MiB" heap -Drlm.prove.heap=true
  elif [[ $name == modal ]]; then
    section "Whole runs with --sandbox=modal" modal -Drlm.prove.modal=true
  elif [[ $name == dataflow ]]; then
    section "What a submission posts, the template, secrets, and the bundle" dataflow
  elif [[ $name == addons ]]; then
    section "Whole runs on a real cluster of two task managers" addons
  elif [[ $name == flink* ]]; then
    section "On a real cluster: job manager and task managers are JVMs of their own" \
      flink "${class[$name]}" -Drlm.prove.flink=true
  else
    spine
  fi
} | tee "$out"
if grep -q '^FAILED$' "$out"; then
  failed=1
  echo "Not all of it passed; docs/proofs/$name.md is left as it was." >&2
  rm -f "$out"
else
  mv "$out" "$here/$name.md"
  chmod 644 "$here/$name.md"
fi
if [[ $name == flink ]]; then
  for part in speed memory jobs; do
    "${BASH_SOURCE[0]}" "flink-$part" || failed=1
  done
fi
exit $failed
