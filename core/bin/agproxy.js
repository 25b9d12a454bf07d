#!/usr/bin/env node
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const isServed = (major === 22 && minor >= 21) || (major === 24 && minor >= 9) || major > 24;
if (!isServed) {
  process.stderr.write(
    `agproxy needs Node 22.21, 24.9 or newer; this is ${process.version}. Run it with npx inside a project that has the package "node" installed, or update Node.\n`,
  );
  process.exit(1);
}

// Compiled modules halve the start. They are code: kept in the user's own folder, not in a shared one.
const { enableCompileCache } = await import("node:module");
const { homedir } = await import("node:os");
const { join } = await import("node:path");
enableCompileCache(join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "agproxy"));

// A config file in a folder without a package.json is an ES module, and nothing to warn about.
const { emitWarning } = process;
process.emitWarning = (warning, ...rest) => {
  const { code } = rest[0] ?? {};
  if (code !== "MODULE_TYPELESS_PACKAGE_JSON") emitWarning.call(process, warning, ...rest);
};

const { main } = await import("@agproxy/core/cli");
process.exitCode = await main(process.argv.slice(2));
