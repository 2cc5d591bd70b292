#!/usr/bin/env bash
# Puts small bugs into the code that decides, one at a time, and looks how many the tests of the same folder notice. Which code, and why not more:
# WebhookKit.Tests/stryker-config.json. A folder's score must be 90 or more. Takes from half a second to some
# seconds for each of thousands of bugs; with names of folders (Outcomes Signing) only these.
set -euo pipefail
cd "$(dirname "$0")/WebhookKit.Tests"

dotnet tool restore
failed=()
folders=("$@")
[ ${#folders[@]} -gt 0 ] || folders=(Matching Outcomes Signing Dispatching)
for name in "${folders[@]}"; do
  # Without a pattern the files that the settings name count: those of Dispatching that decide.
  pattern=()
  if [ "$name" != Dispatching ]; then pattern=(--mutate "**/$name/*.cs"); fi
  echo "== $name"
  TestsOf=$name dotnet stryker --skip-version-check --test-runner mtp --concurrency "$(getconf _NPROCESSORS_ONLN)" "${pattern[@]}" || failed+=("$name")
done

[ ${#failed[@]} -eq 0 ] || { echo "Too many bugs go unnoticed in: ${failed[*]}"; exit 1; }
