import { gemini } from "@agproxy/plugin-gemini";
import { definePlugin, type Plugin } from "@agproxy/core";
import { readSandboxOptions, type SandboxOptions } from "./options.ts";
import { startSandbox } from "./server/sandbox-server.ts";

export type { NamedAccount, SandboxAccount } from "./server/accounts.ts";
export type { Failure } from "./server/failure.ts";
export type { GoogleError } from "./server/google-error.ts";
export type { SandboxRequest } from "./server/request-record.ts";
export { lintRequest } from "./rules/request-rules.ts";
export type { SandboxOptions } from "./options.ts";
export { type Sandbox, startSandbox } from "./server/sandbox-server.ts";

/** An upstream that needs no account: an embedded server that speaks the Gemini API, and the accounts to reach it. */
export function sandbox(options: SandboxOptions = {}): Plugin {
  const given = readSandboxOptions(options);
  return definePlugin({
    name: "sandbox",
    describe: () => "no model, no account",
    notice: () =>
      "SANDBOX: no model is behind this. Every answer is made up by a server inside agproxy.\n" +
      "  For real answers, set GEMINI_API_KEY and start again.",
    async apply(agproxy) {
      const server = await startSandbox({ paceMs: 15, record: 0, ...given });
      agproxy.hooks.close.tap("sandbox", () => server.close());
      const { accounts, url } = server;
      await gemini({ accounts, baseUrl: url, name: "sandbox" }).apply(agproxy);
    },
  });
}
