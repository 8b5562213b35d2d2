#!/usr/bin/env bash
# Submits a run to Dataflow: builds the bundle when it is not there, checks what Dataflow needs, starts the run.
#
#   ./submit.sh --project=P --region=R --input=gs://B/rows.jsonl --output=gs://B/out --gcpTempLocation=gs://B/tmp …
#
# All options of `rlm run`, of Beam and of Dataflow are taken. The job's class path is target/lib.
set -euo pipefail
here=$(cd -P "$(dirname "${BASH_SOURCE[0]}")" && pwd)
home=$(cd -P "$here/../.." && pwd)

fail() {
  printf '%s\n' "$@" >&2
  exit 2
}

# The value of an option: that of the command line, or of the file that it names with --config.
value_of() {
  local name=$1 value='' config='' next='' argument
  shift
  for argument in "$@"; do
    [[ $next != "$name" ]] || value=$argument
    [[ $next != config ]] || config=$argument
    next=''
    case $argument in
      --"$name"=*) value=${argument#*=} ;;
      --config=*) config=${argument#*=} ;;
      --"$name") next=$name ;;
      --config) next=config ;;
    esac
  done
  if [[ -z $value && -f $config ]]; then
    value=$(sed -n "s/^$name:[[:space:]]*//p" "$config" | head -1 |
      sed -E -e 's/^"([^"]*)".*/\1/' -e "s/^'([^']*)'.*/\1/" -e 's/[[:space:]]+#.*//')
  fi
  echo "$value"
}

require() {
  local name=$1 why=$2
  shift 2
  [[ -n $(value_of "$name" "$@") ]] || fail "--$name is missing: $why."
}

case " $* " in
  *" --help"*) ;;
  *)
    require project "the Google Cloud project that pays for the workers" "$@"
    require region "where the workers are, for example europe-west1" "$@"
    require gcpTempLocation "a folder on gs:// for the jars and for Dataflow's own files" "$@"
    for name in output gcpTempLocation; do
      value=$(value_of "$name" "$@")
      [[ $value == gs://* ]] ||
        fail "--$name=$value: workers reach gs:// only; give a folder such as gs://BUCKET/$name."
    done
    key=$(value_of modelApiKey "$@")
    [[ $key != env:* && $key != file:* ]] ||
      echo "--modelApiKey=$key is looked for on the workers; gcp-secret:projects/P/secrets/S/versions/V" \
        "needs nothing there." >&2
    ;;
esac

exec "$home/rlm" run --runner=dataflow "$@"
