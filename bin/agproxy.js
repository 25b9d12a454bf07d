#!/usr/bin/env node
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const isServed = (major === 22 && minor >= 21) || (major === 24 && minor >= 9) || major > 24;
if (!isServed) {
  process.stderr.write(
    `agproxy needs Node 22.21, 24.9 or newer; this is ${process.version}. Run it with npx inside a project that has the package "node" installed, or update Node.\n`,
  );
  process.exit(1);
}

// A reload that is asked for while agproxy starts must not end it; it has read nothing yet.
if (process.argv[2] === "start") process.on("SIGHUP", () => {});

// Compiled modules halve the start. They are code: kept in the user's own folder, not in a shared one.
const { enableCompileCache } = await import("node:module");
const { homedir } = await import("node:os");
const { join } = await import("node:path");
enableCompileCache(join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "agproxy"));

const { localCommand } = await import("./local-command.js");
const local = localCommand(process.argv.slice(2));
if (local === undefined) {
  const { main } = await import("@agproxy/core/cli");
  const { distribution } = await import("#distribution");
  process.exitCode = await main(process.argv.slice(2), distribution);
} else {
  await import(local);
}
