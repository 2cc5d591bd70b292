#!/usr/bin/env bash
# Builds the benchmarks, runs those of the report and writes benchmarks/RESULTS.md and benchmarks/results.svg, in under 20 minutes. Needs only the .NET SDK.
# What is on PostgreSQL needs its programs, which are installed where this may do so (Debian, as root); without them it is left out, and the page says so.
# Arguments go to the report: --minutes 10 (after which no further benchmark begins), --only throughput,latency, --out some/folder.
set -euo pipefail
cd "$(dirname "$0")"

if [ -z "${WEBHOOKKIT_TEST_POSTGRES:-}" ] && ! command -v initdb >/dev/null && ! compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null; then
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    (apt-get update -qq && apt-get install -y -qq postgresql) >/dev/null 2>&1 || echo "PostgreSQL could not be installed: what is on it is left out."
  else
    echo "PostgreSQL is not installed, and this may not install it: what is on it is left out."
  fi
fi

dotnet build benchmarks/WebhookKit.Benchmarks --configuration Release --nologo --verbosity quiet
exec dotnet benchmarks/WebhookKit.Benchmarks/bin/Release/net10.0/WebhookKit.Benchmarks.dll report --out benchmarks "$@"
