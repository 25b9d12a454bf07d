/**
 * What a request costs in process, from the client's JSON to the answer's, with no HTTP on either side: that is where
 * there may be much to choose from. Sends microseconds of CPU per request.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { metrics } from "@agproxy/plugin-metrics";
import { modelMapping } from "@agproxy/plugin-model-mapping";
import { requestLog } from "@agproxy/plugin-request-log";
import { rotation } from "@agproxy/plugin-rotation";
import {
  type Account,
  AgproxyError,
  type ChatEvent,
  definePlugin,
  type PluginContext,
  type Reply,
  yieldToEventLoop,
  type Upstream,
} from "agproxy";
import { startGateway } from "agproxy/testing";
import { unaryText } from "./answer.ts";
import { caller, chatProtocol, incoming } from "./chat-protocol.ts";
import { bystander, many, rules } from "./much.ts";
import { cost } from "./work-cost.ts";

const [ms = 0, accounts = 1, cooling = 0, ruleCount = 1, bystanders = 0, watchers = 0] =
  process.argv.slice(2).map(Number);

const answer: readonly ChatEvent[] = [
  { type: "text", choice: 0, text: unaryText },
  { type: "finish", choice: 0, reason: "stop" },
  { type: "usage", usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 } },
];
const good: Upstream = {
  name: "good",
  send: async () =>
    (async function* () {
      yield answer;
    })(),
};
const empty: Upstream = {
  name: "empty",
  send: () => Promise.reject(new AgproxyError("quota_exhausted", "", { retryAfter: 86_400_000 })),
};

function account(index: number): Account {
  const name = `account-${index + 1}`;
  return { id: name, label: name, upstream: index < cooling ? empty : good };
}

let runChat: PluginContext["runChat"] | undefined;
const driver = definePlugin({
  name: "driver",
  apply(context) {
    ({ runChat } = context);
    context.accounts(many(accounts, account));
  },
});
const folder = mkdtempSync(join(tmpdir(), "agproxy-bench-"));
const watching = () => [requestLog({ file: join(folder, "requests.sqlite") }), metrics()];
await using gateway = await startGateway({
  logLevel: "silent",
  plugins: [
    modelMapping({ rules: rules(ruleCount) }),
    rotation(),
    ...many(bystanders, bystander),
    driver,
    ...(watchers > 0 ? watching() : []),
  ],
});
const protocol = await chatProtocol();
const body = { model: "gpt-4o", messages: [{ role: "user", content: "Go on." }] };

/** The length of an answer; that of an error is another. */
async function answered(): Promise<number> {
  let length = 0;
  const reply: Reply = {
    started: false,
    gone: false,
    whole: (whole) => void (length = JSON.stringify(whole).length),
    error: (error) => void (length = -error.status),
    write: () => undefined,
    end() {},
  };
  await runChat?.(protocol, { incoming: incoming(), caller, body }, reply);
  return length;
}

// Every account gets one, and those that have nothing left show it.
const first: Promise<number>[] = [];
while (first.length < accounts) {
  first.push(answered());
  await yieldToEventLoop();
}
await Promise.all(first);
await cost(answered, ms);
process.send?.(await cost(answered, ms));
await gateway.close();
rmSync(folder, { recursive: true });
