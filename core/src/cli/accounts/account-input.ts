import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { isObject } from "../../kit/fields.ts";
import type { JsonObject } from "../../vocabulary/chat.ts";
import { CommandLineError } from "../command-line.ts";

const lists: ReadonlySet<string> = new Set(["models", "exclude"]);
const numbers: ReadonlySet<string> = new Set(["weight", "priority"]);

/** Options of an account from the command line, as `models=small-*`. Secrets do not belong there: others can see it. */
export function wordOptions(words: readonly string[], secrets: readonly string[]): JsonObject {
  const pairs = words.map((word): readonly [string, unknown] => {
    const [, name, value] = /^([A-Za-z]\w*)=(.+)$/s.exec(word) ?? [];
    if (name === undefined || value === undefined) {
      throw new CommandLineError(`Options are written as NAME=VALUE, such as label=work.`);
    }
    if (secrets.includes(name)) {
      throw new CommandLineError(
        `${name} is a secret, and others on this machine can read command lines. Give it on standard input.`,
      );
    }
    if (lists.has(name)) return [name, value.split(",").map((each) => each.trim())];
    return [name, numbers.has(name) ? Number(value) : value];
  });
  return Object.fromEntries(pairs);
}

/**
 * The accounts on standard input: an object in JSON, or one account in each line, a secret or an object. Nothing is one account
 * without a secret. On a terminal it asks, and shows nothing of what is typed.
 */
export async function readAccounts(secret: string): Promise<readonly JsonObject[]> {
  const { stdin } = process;
  return accountsIn(stdin.isTTY ? await ask(`${secret} (not shown): `) : await text(stdin), secret);
}

/** The accounts that a text has. Throws an error that quotes nothing of it. */
export function accountsIn(text: string, secret: string): readonly JsonObject[] {
  const whole = text.trim();
  const object = whole.startsWith("{") ? parsed(whole) : undefined;
  if (object !== undefined) return [object];
  const lines = whole.split(/\s*\n\s*/).filter((line) => line !== "");
  if (lines.length === 0) return [{}];
  return lines.map((line, index) => {
    if (!line.startsWith("{")) return { [secret]: line };
    const account = parsed(line);
    if (account === undefined) throw new Error(`Line ${index + 1} of standard input is no JSON.`);
    return account;
  });
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Asks on the terminal. Nothing of the answer is shown. */
async function ask(question: string): Promise<string> {
  process.stderr.write(question);
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  try {
    return await lines.question("");
  } finally {
    lines.close();
    process.stderr.write("\n");
  }
}
