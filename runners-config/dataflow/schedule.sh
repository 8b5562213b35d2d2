#!/usr/bin/env bash
# Makes a Cloud Scheduler job that starts the flex template at set times. Prints the command first; --print does no more.
#
#   ./schedule.sh [--print] NAME 'CRON' PROJECT REGION gs://BUCKET/rlm-beam.json gs://BUCKET/rows.jsonl gs://BUCKET/runs ACCOUNT
#
# ACCOUNT is the service account that starts jobs; it needs roles/dataflow.developer and to act as the workers' account.
# Each run gets a folder of its own under gs://BUCKET/runs: the time of its start.
set -euo pipefail
print=0
if [[ ${1:-} == --print ]]; then
  print=1
  shift
fi
if (($# != 8)); then
  sed -n '2,4p' "${BASH_SOURCE[0]}" >&2
  exit 2
fi
name=$1 cron=$2 project=$3 region=$4 template=$5 input=$6 output=$7 account=$8
for value in "$template" "$input" "$output"; do
  if [[ $value != gs://* || $value == *[\"\\]* ]]; then
    echo "$value: must be on gs://, without quotes or backslashes." >&2
    exit 2
  fi
done
body=$(printf '{"launchParameter":{"jobName":"%s","containerSpecGcsPath":"%s","parameters":%s}}' "$name" "$template" \
  "$(printf '{"input":"%s","output":"%s/{time}"}' "$input" "${output%/}")")
command=(gcloud scheduler jobs create http "$name" "--project=$project" "--location=$region" "--schedule=$cron"
  --http-method=POST
  "--uri=https://dataflow.googleapis.com/v1b3/projects/$project/locations/$region/flexTemplates:launch"
  "--oauth-service-account-email=$account" --headers=Content-Type=application/json "--message-body=$body")
printf '%q ' "${command[@]}"
echo
((print)) || exec "${command[@]}"
