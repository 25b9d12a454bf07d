import { createInterface } from "node:readline/promises";
import { accountFile, type AccountRecord, type PluginCommandLine } from "@agproxy/core";
import { warning } from "../options.ts";
import { type OauthClient, oauthClient } from "./oauth-client.ts";
import { type SignedIn, signIn } from "./sign-in.ts";

const timeoutMs = 10 * 60_000;
const kind = "cloud-code";

/** What tests put in the place of a person. */
export interface LoginParts {
  readonly environment: NodeJS.ProcessEnv;
  /** Reads one line that somebody types. */
  readonly readLine: (question: string) => Promise<string>;
}

/** `agproxy login`: signs a Google account in and writes it into the accounts file. */
export async function loginCommand(
  line: PluginCommandLine,
  { environment, readLine }: LoginParts = { environment: process.env, readLine: askOnTerminal },
): Promise<number> {
  const { words, options, plugins, server, json, print, warn } = line;
  const { "client-file": file, label, paste } = options;
  const [extra] = words;
  if (extra !== undefined) {
    warn(`agproxy login: "${extra}" is one word too many. See: agproxy login --help\n`);
    return 2;
  }
  warn(`! ${warning}\n`);
  if (!plugins.some(({ name }) => name === kind)) {
    throw new Error(
      'The config has no cloud-code plugin, so nobody would use the account. Add it: "cloud-code": { iUnderstandTheRisk: true }',
    );
  }
  if (server.accountsFile === undefined) throw new Error("There is no accounts file.");
  const client = await oauthClient(typeof file === "string" ? file : undefined, environment);
  const signedIn = await signIn({
    client,
    show: (url) => warn(`\nSign in with the account, in a browser:\n\n  ${url}\n\n`),
    signal: AbortSignal.timeout(timeoutMs),
    ...(paste === true ? { askPasted: () => readLine(pasteQuestion) } : {}),
  });
  const wanted = typeof label === "string" ? label : signedIn.email;
  const name = await write(server.accountsFile, wanted, signedIn, client);
  if (json) return print(`${JSON.stringify({ label: name, kind }, null, 2)}\n`);
  print(`Signed in: "${name}" is in ${server.accountsFile}.\n`);
  warn(`To see whether it works: agproxy accounts test ${JSON.stringify(name)}\n`);
  return 0;
}

const pasteQuestion =
  "The browser ends at a page that it cannot open. Paste that page's whole address here:\n";

/** Writes an account; one of its label gets the new token and keeps its other options. Resolves with its label. */
async function write(
  path: string,
  label: string | undefined,
  { refreshToken }: SignedIn,
  { id, secret }: OauthClient,
): Promise<string> {
  let name = "";
  await accountFile(path).change((accounts) => {
    name = label ?? freeLabel(accounts);
    const before = accounts.find((one) => one.label === name);
    if (before !== undefined && before.kind !== kind) {
      throw new Error(`"${name}" is an account of ${before.kind}. Take another --label.`);
    }
    const own = { label: name, refreshToken, clientId: id, clientSecret: secret };
    const record = { kind, label: name, options: { ...before?.options, ...own } };
    return before === undefined
      ? [...accounts, record]
      : accounts.map((one) => (one === before ? record : one));
  });
  return name;
}

function freeLabel(accounts: readonly AccountRecord[]): string {
  const taken = new Set(accounts.map(({ label }) => label));
  let number = 1;
  while (taken.has(`${kind} ${number}`)) number += 1;
  return `${kind} ${number}`;
}

async function askOnTerminal(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
}
