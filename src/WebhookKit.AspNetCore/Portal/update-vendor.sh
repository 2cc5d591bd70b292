#!/usr/bin/env bash
# Copies the libraries of the page from npm to assets/vendor, in the versions that package-lock.json pins.
# To update: change the versions in package.json, run `npm install --package-lock-only` and then this.
set -euo pipefail
cd "$(dirname "$0")"

# The lock must not say where a package came from: each machine has its own registry. Its hash says what it is.
lock=$(node -e '
  const lock = JSON.parse(require("fs").readFileSync("package-lock.json"));
  for (const p of Object.values(lock.packages)) delete p.resolved;
  process.stdout.write(JSON.stringify(lock, null, 2) + "\n");')
printf '%s\n' "$lock" > package-lock.json

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp package.json package-lock.json "$work"
npm ci --prefix "$work" --ignore-scripts --no-audit --no-fund --loglevel=error

from=$work/node_modules
to=assets/vendor
rm -rf "$to"
mkdir -p "$to"

# No bundler: the only bare import becomes a relative one, and the links to source maps, which are not served, go.
sed 's|from"preact"|from"./preact.js"|' "$from/preact/hooks/dist/hooks.mjs" | grep -v '^//# sourceMappingURL' > "$to/preact-hooks.js"
grep -v '^//# sourceMappingURL' "$from/preact/dist/preact.mjs" > "$to/preact.js"
cp "$from/htm/dist/htm.module.js" "$to/htm.js"

# uPlot's module is not minified; its script is, and needs one line to be a module.
{ cat "$from/uplot/dist/uPlot.iife.min.js"; printf '\nexport default uPlot;\n'; } > "$to/uplot.js"
cp "$from/uplot/dist/uPlot.min.css" "$to/uplot.css"

for library in preact htm uplot; do cp "$from/$library/LICENSE" "$to/$library.LICENSE.txt"; done

# What is here, for the test that compares it with the lock.
node -e '
  const fs = require("fs"), crypto = require("crypto");
  const lock = JSON.parse(fs.readFileSync("package-lock.json")), to = process.argv[1];
  const packages = Object.fromEntries(Object.entries(lock.packages).filter(([path]) => path)
    .map(([path, p]) => [path.replace("node_modules/", ""), { version: p.version, integrity: p.integrity }]));
  const files = Object.fromEntries(fs.readdirSync(to).sort()
    .map(name => [name, crypto.createHash("sha256").update(fs.readFileSync(`${to}/${name}`)).digest("hex")]));
  fs.writeFileSync(`${to}/vendor.json`, JSON.stringify({ packages, files }, null, 2) + "\n");' "$to"
