import { gemini } from "@agproxy/plugin-gemini";
import { definePlugin, type Plugin, type PluginAccounts } from "@agproxy/core";
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
  const { standIn, ...given } = readSandboxOptions(options);
  let pool: PluginAccounts | undefined;
  return definePlugin({
    name: "sandbox",
    describe: () => "no model, no account",
    notice: () =>
      pool?.all.length === 0
        ? undefined
        : "SANDBOX: no model is behind this. Every answer is made up by a server inside agproxy.\n" +
          (standIn === true
            ? "  For real answers: agproxy accounts add gemini"
            : "  For real answers, add accounts of an upstream to the config."),
    async apply(agproxy) {
      pool = agproxy.accounts();
      const server = await startSandbox({ paceMs: 15, record: 0, ...given });
      agproxy.hooks.close.tap("sandbox", () => server.close());
      const accounts = server.accounts.map((account) => ({ ...account, standIn }));
      await gemini({ accounts, baseUrl: server.url, name: "sandbox" }).apply(agproxy);
    },
  });
}
