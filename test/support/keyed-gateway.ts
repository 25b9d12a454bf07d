import { join } from "node:path";
import { audio } from "@agproxy/plugin-audio";
import type { AuthOptions } from "@agproxy/plugin-auth";
import { embeddings } from "@agproxy/plugin-embeddings";
import { files } from "@agproxy/plugin-files";
import { geminiNative } from "@agproxy/plugin-gemini-native";
import { images } from "@agproxy/plugin-images";
import { modelMapping } from "@agproxy/plugin-model-mapping";
import { anthropic } from "@agproxy/plugin-anthropic";
import { openai } from "@agproxy/plugin-openai";
import { responses } from "@agproxy/plugin-responses";
import { definePlugin, type Plugin, type ServerSettings } from "agproxy";
import {
  type Script,
  scriptedUpstream,
  startGateway,
  type TestGateway,
  textAnswer,
} from "agproxy/testing";
import { defaults } from "../../core/src/hooks/server-settings.ts";
import { createAuth } from "../../plugins/auth/src/auth.ts";
import { keysCommand } from "../../plugins/auth/src/command/keys-command.ts";
import { delayLimits } from "../../plugins/auth/src/failed-keys.ts";
import { folder, type Folder } from "./folder.ts";

/** A time in the middle of a minute, a day and a month. */
export const noon = Date.UTC(2026, 5, 15, 12, 0, 30);

export interface KeyedOptions {
  readonly script?: Script;
  readonly auth?: AuthOptions;
  readonly server?: Partial<ServerSettings>;
  readonly plugins?: readonly Plugin[];
  /** The folder of another gateway, to share its keys. */
  readonly place?: Folder;
}

/** A gateway that asks for keys of a file, with a clock that stands still. */
export interface KeyedGateway extends AsyncDisposable {
  readonly url: string;
  readonly log: TestGateway["log"];
  readonly place: Folder;
  readonly file: string;
  /** Milliseconds since the epoch; tests move it. */
  now: number;
  readonly sent: ReturnType<typeof scriptedUpstream>["sent"];
  /** `agproxy keys` with these words and options; resolves with what it printed. */
  keys(words: string, options?: Readonly<Record<string, string>>): Promise<string>;
  /** Makes a key. */
  add(name: string, options?: Readonly<Record<string, string>>): Promise<string>;
}

const models = ["gemini-2.5-pro", "gemini-2.5-flash", "other-model"];

const lists = definePlugin({
  name: "lists",
  apply: ({ hooks }) =>
    hooks.listModels.tap("lists", (known) => [
      ...known,
      ...models.map((id) => ({ id, ownedBy: "test" })),
    ]),
});

/** A chat with a key of the gateway's. */
export function chatWith(
  { url }: Pick<KeyedGateway, "url">,
  key: string,
  body: object,
  signal?: AbortSignal,
): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    signal: signal ?? null,
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  });
}

/** The status of an answer, once all of it is there. */
export async function statusOf(response: Response | Promise<Response>): Promise<number> {
  const answer = await response;
  await answer.text();
  return answer.status;
}

export async function keyedGateway(options: KeyedOptions = {}): Promise<KeyedGateway> {
  const place = options.place ?? (await folder());
  const file = join(place.path, "keys.json");
  const upstream = scriptedUpstream(options.script ?? (() => textAnswer("hello")));
  const clock = { now: noon };
  const auth = createAuth(
    // A key of the config, so that the gateway starts without any in the file.
    { mode: "strict", keys: "a-key-of-the-config-itself", file, ...options.auth },
    // Wrong keys are not delayed: tests send many.
    { delays: { ...delayLimits, freeFailures: Infinity }, now: () => clock.now },
  );
  const plugins = [
    auth,
    openai(),
    anthropic(),
    geminiNative(),
    responses(),
    embeddings(),
    images(),
    audio(),
    files(),
    modelMapping(),
    lists,
    ...(options.plugins ?? []),
    upstream.plugin,
  ];
  const gateway = await startGateway({ ...options.server, plugins });
  const keys: KeyedGateway["keys"] = async (words, given = {}) => {
    let printed = "";
    const code = await keysCommand(
      {
        words: words.split(" "),
        options: given,
        plugins: [auth],
        server: defaults,
        json: false,
        table: (rows) => rows.map((row) => row.join("  ")).join("\n"),
        exchangeLine: () => "",
        print: (text) => ((printed += text), 0),
        warn: () => 0,
      },
      clock.now,
    );
    return code === 0 ? printed : Promise.reject(new Error(`exit code ${code}`));
  };
  return Object.assign(clock, {
    url: gateway.url,
    log: gateway.log,
    place,
    file,
    sent: upstream.sent,
    keys,
    add: async (name: string, given: Readonly<Record<string, string>> = {}) =>
      (await keys("add", { name, ...given })).trim(),
    async [Symbol.asyncDispose]() {
      await gateway.close();
      if (options.place === undefined) await place[Symbol.asyncDispose]();
    },
  });
}
