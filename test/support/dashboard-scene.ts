import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { auth } from "@agproxy/plugin-auth";
import { dashboard } from "@agproxy/plugin-dashboard";
import { guard } from "@agproxy/plugin-guard";
import { modelMapping } from "@agproxy/plugin-model-mapping";
import { openai } from "@agproxy/plugin-openai";
import { rotation } from "@agproxy/plugin-rotation";
import {
  type Account,
  type AccountKind,
  accountOf,
  AgproxyError,
  type ChatStream,
  definePlugin,
  type Plugin,
  type Quota,
  isObject,
  type Upstream,
} from "agproxy";
import { startGateway, type TestGateway } from "agproxy/testing";
import { folder } from "./folder.ts";

export const pageSecret = "a-key-for-the-dashboard";

/** A gateway with a dashboard, whose accounts do as the message says. */
export interface DashboardScene extends AsyncDisposable {
  readonly gateway: TestGateway;
  readonly accountsFile: string;
  /** Sends a chat; resolves with its status. */
  ask(words: string, more?: { readonly model?: string; readonly key?: string }): Promise<number>;
}

interface SceneOptions {
  readonly plugins?: readonly Plugin[];
  readonly keys?: Parameters<typeof auth>[0];
  /** The labels of the accounts in the config. */
  readonly labels?: readonly string[];
}

const usualLabels = ["first", "second"];

/** Accounts of the config and of the accounts file. A message that says "fail" makes every account fail, "limit" the first one rest, "limit 60000" so long, "slow 300" wait. */
export async function dashboardScene({
  plugins = [],
  keys,
  labels = usualLabels,
}: SceneOptions = {}): Promise<DashboardScene> {
  const place = await folder();
  const accountsFile = join(place.path, "accounts.json");
  const gateway = await startGateway({
    accountsFile,
    plugins: [
      guard(),
      auth({ file: join(place.path, "keys.json"), ...keys }),
      openai(),
      modelMapping(),
      rotation(),
      vendor(labels),
      ...plugins,
      dashboard({ key: pageSecret }),
    ],
  });
  return {
    gateway,
    accountsFile,
    async ask(words, { model = "gpt-4o", key } = {}) {
      const response = await fetch(`${gateway.url}/v1/chat/completions`, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          ...(key !== undefined && { Authorization: `Bearer ${key}` }),
        },
        body: JSON.stringify({ model, stream: true, messages: [{ role: "user", content: words }] }),
      });
      await response.text();
      return response.status;
    },
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await place[Symbol.asyncDispose]();
    },
  };
}

/** An answer word by word. */
async function* answered(text: string): ChatStream {
  const words = text.split(/(?<= )/);
  for (const word of words) yield [{ type: "text", choice: 0, text: word }];
  const [inputTokens, outputTokens] = [words.length * 110, words.length * 30];
  const usage = { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
  yield [
    { type: "finish", choice: 0, reason: "stop" },
    { type: "usage", usage },
  ];
}

/** How long an account rests that was asked too much. */
const restMs = 4000;

function vendor(labels: readonly string[]): Plugin {
  const upstream: Upstream = {
    name: "vendor.example",
    async send({ messages }, { account }): Promise<ChatStream> {
      const last = messages.at(-1)?.content.at(-1);
      const words = last?.type === "text" ? last.text : "";
      if (words.includes("fail"))
        throw new AgproxyError("upstream_failed", "The vendor fell over.");
      if (words.includes("limit") && account.label === labels[0]) {
        const text = "You exceeded your current quota.";
        throw new AgproxyError("rate_limit_exceeded", text, {
          retryAfter: Number(/limit (\d+)/.exec(words)?.[1] ?? restMs),
        });
      }
      await sleep(Number(/slow (\d+)/.exec(words)?.[1] ?? 0));
      return answered(`You said: ${words}`);
    },
    async probe({ label }) {
      if (label === "broken") throw new AgproxyError("account_rejected", "The key is not valid.");
    },
    quotas: ({ label }) => quotas[labels.indexOf(label)] ?? [],
  };
  const kind: AccountKind<Filed> = { secrets: ["key"], read: readFiled };
  return {
    ...definePlugin({
      name: "vendor",
      apply(agproxy) {
        agproxy.accounts(labels.map((label): Account => ({ id: label, label, upstream })));
        agproxy.filedAccounts(kind, ({ key, ...options }) =>
          accountOf(options, {
            id: `filed-${key.length}-${options.label}`,
            label: "filed",
            upstream,
          }),
        );
        agproxy.hooks.listModels.tap("vendor", (models) => [
          ...models,
          ...["gemini-2.5-pro", "gemini-2.5-flash"].map((id) => ({ id, ownedBy: "vendor" })),
        ]);
      },
    }),
    accountKind: kind,
  };
}

/** An account of the accounts file. */
interface Filed {
  readonly key: string;
  readonly label: string;
  readonly disabled: boolean;
}

function readFiled(options: unknown): Filed {
  const { key, label = "", disabled = false } = isObject(options) ? options : {};
  if (typeof key !== "string") throw new Error("vendor: the key is missing");
  return { key, label: String(label), disabled: disabled === true };
}

const learntAt = Date.now();
const quota = (models: string, left: number, minutes: number): Quota => ({
  models,
  left,
  resetsAt: learntAt + minutes * 60_000,
  learntAt,
});
/** Of the first account, the second and so on. The rest tells nothing. */
const quotas: readonly (readonly Quota[])[] = [
  [quota("gemini pro", 0.62, 150), quota("gemini flash", 0.08, 40)],
  [quota("gemini pro", 0.94, 215), quota("gemini flash", 0.71, 215)],
];
