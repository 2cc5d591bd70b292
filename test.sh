#!/usr/bin/env bash
# Installs what the tests need, builds everything and runs all tests. Needs only the .NET SDK. Extra arguments go to `dotnet test`.
# The last line sums all test projects: "N passed, N failed".
# With --mutation-score it measures instead how many small bugs the fast tests notice: see CONTRIBUTING.md.
set -uo pipefail
cd "$(dirname "$0")"

if [ "${1:-}" = --mutation-score ]; then
  shift
  exec tests/mutation-score.sh "$@"
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT

# Receivers in Node verify what is sent. Without Node their tests are skipped, but in CI they fail.
if ! command -v npm >/dev/null && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  (apt-get update -qq && apt-get install -y -qq nodejs npm) >/dev/null 2>&1 || echo "Node could not be installed."
fi
if command -v npm >/dev/null; then
  for tests in tests/interop tests/WebhookKit.Portal.Tests; do
    npm ci --prefix "$tests" --loglevel=error || echo "The packages of $tests could not be installed."
  done
fi

# The tests start a PostgreSQL of their own, and a pgbouncer before it. Without them their tests are skipped, but in CI they fail.
missing=()
command -v initdb >/dev/null || compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || missing+=(postgresql)
command -v pgbouncer >/dev/null || [ -x /usr/sbin/pgbouncer ] || missing+=(pgbouncer)
if [ ${#missing[@]} -gt 0 ] && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  (apt-get update -qq && apt-get install -y -qq "${missing[@]}") >/dev/null 2>&1 || echo "${missing[*]} could not be installed."
fi

# This machine's Chromium visits the portal. Without it those tests are skipped, but in CI they fail.
if ! command -v chromium >/dev/null && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  (apt-get update -qq && apt-get install -y -qq chromium) >/dev/null 2>&1 || echo "Chromium could not be installed."
fi

dotnet build WebhookKit.sln --configuration Release --nologo --verbosity quiet || { echo "0 passed, 1 failed"; exit 1; }

# The simulation takes all of the machine, and others wait for real time: it comes after them.
dotnet test WebhookKit.sln --configuration Release --no-build --nologo -p:WithoutSimulation=true "$@" 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
dotnet test tests/WebhookKit.Simulation --configuration Release --no-build --nologo "$@" 2>&1 | tee -a "$log"
status=$((status | PIPESTATUS[0]))

# One line a project: "Passed!  - Failed: 0, Passed: 12, Skipped: 0, Total: 12, …"
read -r passed failed < <(awk '
  /Failed: +[0-9]+, Passed: +[0-9]+/ {
    for (i = 1; i < NF; i++) {
      if ($i == "Failed:") failed += $(i + 1)
      if ($i == "Passed:") passed += $(i + 1)
    }
  }
  END { print passed + 0, failed + 0 }' "$log")

# A run that broke down without a failed test (or without any test) has failed all the same.
if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
if [ "$passed" -eq 0 ]; then failed=$((failed + 1)); fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
