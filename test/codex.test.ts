/** Codex CLI works through agproxy: it answers, runs tools, edits files, and survives what happens on the way. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { modelMapping } from "@agproxy/plugin-model-mapping";
import { responses } from "@agproxy/plugin-responses";
import { rotation } from "@agproxy/plugin-rotation";
import { sandbox } from "@agproxy/plugin-sandbox";
import { AgproxyError, type ChatEvent, type ChatRequest, definePlugin } from "agproxy";
import { type Script, scriptedUpstream, startGateway, textAnswer } from "agproxy/testing";
import { codex, type CodexOptions, codexMissing } from "./support/codex.ts";
import { transcript } from "./support/response-client.ts";

const skip = await codexMissing();

let calls = 0;

function call(name: string, args: object): readonly (readonly ChatEvent[])[] {
  const id = `call_${(calls += 1)}`;
  const text = JSON.stringify(args);
  return [
    [{ type: "tool-call", choice: 0, id, name, arguments: text, signature: `signature of ${id}` }],
    [
      { type: "finish", choice: 0, reason: "stop" },
      { type: "usage", usage: { inputTokens: 5, outputTokens: 5, totalTokens: 10 } },
    ],
  ];
}

/** What the last tool that ran gave, as the model reads it. */
const lastResult = (request: ChatRequest) =>
  transcript(request).findLast((line) => line.startsWith("tool:"));

/** How many tools have run. */
const results = ({ messages }: ChatRequest) =>
  messages.filter(({ role }) => role === "tool").length;

async function start(options: CodexOptions, ...scripts: readonly Script[]) {
  const upstream = scriptedUpstream(...scripts);
  const upgrades: string[] = [];
  const watch = definePlugin({
    name: "watch",
    apply: ({ hooks }) =>
      hooks.beforeAuth.tap("watch", ({ headers }) => {
        if (headers.upgrade !== undefined) upgrades.push(headers.upgrade);
      }),
  });
  const plugins = [watch, responses(), rotation(), upstream.plugin];
  const gateway = await startGateway({ plugins });
  const agent = codex(gateway.url, options);
  return {
    ...agent,
    upgrades,
    sent: upstream.sent,
    async [Symbol.asyncDispose]() {
      agent[Symbol.dispose]();
      await gateway.close();
    },
  };
}

test("answers", { skip }, async () => {
  await using agent = await start({}, () => textAnswer("PINEAPPLE 42"));
  const { message } = await agent.exec("Say it.");
  assert.equal(message, "PINEAPPLE 42");
  assert.equal(agent.sent.length, 1);
  const { tools = [], hostedTools } = agent.sent[0]!.request;
  assert.ok(tools.length > 0);
  assert.deepEqual(hostedTools, ["web-search"]);
});

test(
  "runs a shell command, and the model reads what it printed and gets its signature back",
  { skip },
  async () => {
    await using agent = await start({}, (request) =>
      results(request) === 0
        ? call("exec_command", { cmd: "echo made > made.txt && cat made.txt" })
        : textAnswer("It is there."),
    );
    const { message } = await agent.exec("Make a file.");
    assert.equal(message, "It is there.");
    assert.equal(readFileSync(join(agent.folder, "made.txt"), "utf8"), "made\n");
    const last = agent.sent.at(-1)!.request;
    assert.match(lastResult(last) ?? "", /made/);
    const called = last.messages
      .flatMap(({ content }) => content)
      .find(({ type }) => type === "tool-call");
    assert.match(called?.signature ?? "", /^signature of call_/);
  },
);

test("applies patches to files with its own tool", { skip }, async () => {
  const add = "*** Begin Patch\n*** Add File: new.txt\n+hello\n*** End Patch\n";
  const change =
    "*** Begin Patch\n*** Update File: old.txt\n@@\n one\n-two\n+zwei\n three\n*** End Patch\n";
  await using agent = await start({ model: "gpt-5.5" }, (request) => {
    const done = results(request);
    if (done === 0) return call("apply_patch", { input: add });
    return done === 1 ? call("apply_patch", { input: change }) : textAnswer("Patched.");
  });
  writeFileSync(join(agent.folder, "old.txt"), "one\ntwo\nthree\n");
  const { message, printed } = await agent.exec("Patch it.");
  assert.equal(message, "Patched.", printed);
  assert.equal(readFileSync(join(agent.folder, "new.txt"), "utf8"), "hello\n");
  assert.equal(readFileSync(join(agent.folder, "old.txt"), "utf8"), "one\nzwei\nthree\n");
  assert.match(lastResult(agent.sent.at(-1)!.request) ?? "", /Success/);
  const offered = agent.sent[0]!.request.tools?.find(({ name }) => name === "apply_patch");
  assert.match(offered?.description ?? "", /lark grammar/);
});

test("calls a tool that it keeps in a namespace", { skip }, async () => {
  await using agent = await start({}, (request) =>
    results(request) === 0
      ? call("multi_agent_v1__wait_agent", { targets: ["nobody"], timeout_ms: 1 })
      : textAnswer("Waited."),
  );
  const { message, printed } = await agent.exec("Wait.");
  assert.equal(message, "Waited.");
  assert.doesNotMatch(printed, /unsupported call/);
  assert.doesNotMatch(lastResult(agent.sent.at(-1)!.request) ?? "", /unsupported call/);
});

test("tools that come inside the input are offered and run", { skip }, async () => {
  await using agent = await start({ model: "gpt-6-sol" }, (request) => {
    const exec = request.tools?.find(({ name }) => /exec/.test(name))?.name;
    assert.ok(exec !== undefined, "the tools of the input are offered");
    return results(request) === 0
      ? call(exec, { input: 'text("six times seven is " + 6 * 7)' })
      : textAnswer("Ran it.");
  });
  const { message } = await agent.exec("Run it.");
  assert.equal(message, "Ran it.");
  assert.match(lastResult(agent.sent.at(-1)!.request) ?? "", /six times seven is 42/);
});

test("goes on when an account is used up in the middle", { skip }, async () => {
  let first: string | undefined;
  const usedUp: Script = (request, { account }) => {
    first ??= account.label;
    if (account.label === first && results(request) > 0) {
      throw new AgproxyError("rate_limit_exceeded", "Used up.");
    }
    return results(request) < 2
      ? call("exec_command", { cmd: `echo ${results(request)} >> steps.txt` })
      : textAnswer("Done.");
  };
  await using agent = await start({}, usedUp, usedUp);
  const { message } = await agent.exec("Two steps.");
  assert.equal(message, "Done.");
  assert.equal(readFileSync(join(agent.folder, "steps.txt"), "utf8"), "0\n1\n");
  assert.equal(new Set(agent.sent.map(({ account }) => account.label)).size, 2);
});

const threeSteps: Script = (request) =>
  results(request) < 3
    ? call("exec_command", { cmd: `echo ${results(request)}` })
    : textAnswer("Done.");

test("a conversation stays on its account", { skip }, async () => {
  await using agent = await start({}, threeSteps, threeSteps, threeSteps);
  await agent.exec("Three steps.");
  assert.equal((await agent.resume("Go on.")).message, "Done.");
  assert.equal(agent.sent.length, 5);
  assert.equal(new Set(agent.sent.map(({ account }) => account.label)).size, 1);
});

test("tries again when the upstream breaks off, and says the text once", { skip }, async () => {
  let asked = 0;
  await using agent = await start({}, function* () {
    asked += 1;
    yield [{ type: "text", choice: 0, text: "PINE" }];
    if (asked === 1) throw new AgproxyError("upstream_cut");
    yield* textAnswer("APPLE");
  });
  const { message } = await agent.exec("Say it.");
  assert.equal(message, "PINEAPPLE");
  assert.equal(asked, 2);
});

test("shows the upstream's words when it goes on failing", { skip }, async () => {
  await using agent = await start({}, function* () {
    yield [{ type: "text", choice: 0, text: "PINE" }];
    throw new AgproxyError("upstream_failed", "The cooling towers are on strike.");
  });
  await assert.rejects(agent.exec("Say it."), /cooling towers are on strike/);
});

test("works for ten turns in a row", { skip }, async () => {
  await using agent = await start({}, ({ messages }) =>
    textAnswer(`answer ${messages.filter(({ role }) => role === "assistant").length + 1}`),
  );
  assert.equal((await agent.exec("turn 1")).message, "answer 1");
  for (let turn = 2; turn <= 10; turn += 1) {
    assert.equal((await agent.resume(`turn ${turn}`)).message, `answer ${turn}`);
  }
  const told = transcript(agent.sent.at(-1)!.request);
  for (let turn = 1; turn < 10; turn += 1) {
    assert.ok(told.includes(`assistant: answer ${turn}`), `answer ${turn}`);
  }
});

test("speaks WebSocket with its built-in provider: tools and turns", { skip }, async () => {
  await using agent = await start({ provider: "built-in", model: "gpt-5.5" }, (request) =>
    results(request) === 0
      ? call("exec_command", { cmd: "echo made > made.txt" })
      : textAnswer("It is there."),
  );
  const { message, printed } = await agent.exec("Make a file.");
  assert.equal(message, "It is there.", printed);
  assert.ok(agent.upgrades.length > 0);
  assert.equal(readFileSync(join(agent.folder, "made.txt"), "utf8"), "made\n");
  assert.deepEqual(
    agent.sent.map(({ request }) => results(request)),
    [0, 1],
    "the second turn has the first one in it",
  );
});

test(
  "a WebSocket turn that breaks off after a tool is tried again, with everything in it",
  { skip },
  async () => {
    let broken = 0;
    await using agent = await start({ provider: "built-in" }, async function* (request) {
      if (results(request) === 0) return yield* call("exec_command", { cmd: "echo one" });
      yield [{ type: "text", choice: 0, text: "PINE" }];
      broken += 1;
      if (broken === 1) throw new AgproxyError("upstream_cut");
      if (broken === 2) throw new AgproxyError("rate_limit_exceeded");
      yield* textAnswer("APPLE");
    });
    const { message } = await agent.exec("Run it.");
    assert.equal(message, "PINEAPPLE");
    assert.match(lastResult(agent.sent.at(-1)!.request) ?? "", /one/);
  },
);

test("goes on over HTTP at once where the WebSocket form is switched off", { skip }, async () => {
  const upstream = scriptedUpstream(() => textAnswer("PINEAPPLE 42"));
  const plugins = [responses({ websocket: false }), upstream.plugin];
  await using gateway = await startGateway({ plugins });
  using agent = codex(gateway.url, { provider: "built-in", model: "gpt-5.5" });
  const { message, printed } = await agent.exec("Say it.");
  assert.equal(message, "PINEAPPLE 42");
  assert.doesNotMatch(printed, /reconnecting/i);
});

/** Who writes the prompt for the summary: the agent itself, or agproxy for the agent's trigger. */
const summaryAsked = {
  own: /CONTEXT CHECKPOINT COMPACTION/,
  "built-in": /about to be replaced by a summary/,
} as const;

for (const provider of ["own", "built-in"] as const) {
  test(`survives a compaction, with the ${provider} provider`, { skip }, async () => {
    const full = { inputTokens: 90_000, outputTokens: 100, totalTokens: 90_100 };
    const settings = ["model_auto_compact_token_limit = 50000"];
    let summaries = 0;
    const script: Script = (request) => {
      const last = transcript(request).at(-1) ?? "";
      if (summaryAsked[provider].test(last)) {
        summaries += 1;
        return textAnswer("SUMMARY: the secret word is PINEAPPLE.");
      }
      if (summaries > 0) return textAnswer("After the summary.");
      return [
        [{ type: "text", choice: 0, text: "Before." }],
        [
          { type: "finish", choice: 0, reason: "stop" },
          { type: "usage", usage: full },
        ],
      ];
    };
    await using agent = await start({ provider, model: "gpt-5.5", settings }, script);
    assert.equal((await agent.exec("The secret word is PINEAPPLE.")).message, "Before.");
    const { message, printed } = await agent.resume("Go on.");
    assert.equal(message, "After the summary.", printed);
    assert.equal(summaries, 1);
    const after = transcript(agent.sent.at(-1)!.request);
    assert.ok(
      after.some((line) => line.includes("SUMMARY: the secret word is PINEAPPLE.")),
      after.join("\n"),
    );
    assert.equal((await agent.resume("And on.")).message, "After the summary.");
  });
}

test("works with the sandbox, with no model behind it", { skip }, async () => {
  await using gateway = await startGateway({
    plugins: [responses(), modelMapping(), rotation(), sandbox({ paceMs: 0 })],
  });
  for (const model of ["gemini-2.5-pro", "gpt-5.5"]) {
    using agent = codex(gateway.url, { model });
    const { message, printed } = await agent.exec("say hello");
    assert.match(message, /agproxy sandbox, no model behind it. You said: say hello$/);
    assert.doesNotMatch(printed, /unable to locate|web search/);
  }
});
