/** The promise: the examples in core's doc comments, which editors show to plugin authors, type-check. */
import assert from "node:assert/strict";
import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { finishedProcess } from "./support/child-process.ts";
import { installedFolder } from "./support/folder.ts";
import { repository } from "./support/repository.ts";

/** What the examples do not declare themselves, because it stands around them in a plugin. */
const surroundings = `
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Socket } from "node:net";
import * as v from "valibot";
import { accountEntries, accountListShape, accountFile, accountHeaders, accountIds, accountOf, addressGroup, addToAccountFile, AgproxyError, anonymous, answerStream, callersReport, camelKeys, clientGuides, ClosedFile, collect, costBy, countIn, createError, createHeldBytes, createSeals, createTurns, defaultHeldBytes, defineConfig, defined, defineExposed, definePlugin, duration, errorBody, estimatedTokens, exchangeHistory, exchangeRecord, failureKind, Fields, FileBody, firstRecovery, fits, fromUrl, healthPaths, installationSecret, isFree, isLoopback, isObject, isReachable, jsonBody, keepSecret, KnownQuotas, keyShape, legalName, mapEvents, mediaKindOf, mediaTypeOfContent, mediaTypeOfName, nativeAnswers, nativeErrors, nativeRequests, nearestName, newStamp, objectIn, order, pageText, parseJson, pluginNameShape, poolReport, priceShape, PrivateFile, proxyOf, randomId, readOptions, remember, servesModel, severityOf, SharedToken, signatureMark, SseDecoder, sseFrame, standingOf, stateFile, streamOf, Watches, webAddressShape, webUrlShape, withDisabled, wrong, wrongOption, yieldToEventLoop } from "agproxy";
import type { Account, AccountKind, AccountOptions, Attempt, Caller, Candidate, ChatEvent, ChatRequest, ChatStream, Config, Encoder, ErrorWire, Exchange, ExchangeChange, HttpResponse, Incoming, MediaPart, Message, Model, PayloadReader, Plugin, PluginContext, PluginEntry, Protocol, Reply, Seals, Stamp, Store, StoredEntry, ToolCallPart, ToolResultPart, Upstream, Verdict } from "agproxy";
import { cutInTwo, fakeClock, memoryStore, openGateway, plainChat, randomPieces, readSseText, scriptedUpstream, singleBytes, startGateway, startVendor, summaryWatch, textAnswer } from "agproxy/testing";
import type { AccountScript, OpenGateway, TestRequest } from "agproxy/testing";
const NotFromHere = createError("not_from_here", { status: 403, type: "permission_error", text: "", advice: "" });
declare const agproxy: PluginContext, { hooks, log, http, sideCalls, store }: PluginContext;
declare const incoming: Incoming, exchange: Exchange, attempt: Attempt, request: ChatRequest, caller: Caller, account: Account;
declare const models: readonly Model[], upstream: Upstream, protocol: Protocol, wire: Omit<Protocol, "error">, shout: Plugin, socketReply: Reply, socket: Socket;
declare const fields: Fields, response: HttpResponse, answer: Response, gateway: OpenGateway;
declare const signal: AbortSignal, error: AgproxyError, file: { close(): Promise<void>; appendFile(text: string): Promise<void> }, bytes: Uint8Array, events: unknown[], parts: readonly unknown[];
declare const url: string, link: string, origin: string, secret: string, text: string, authorization: string;
declare const body: string, options: unknown, note: unknown, thrown: unknown, wireRequest: object, open: () => void;
declare const seals: Seals, signature: string;
declare const server: { handleUpgrade(...given: readonly unknown[]): void };
declare const reader: PayloadReader, event: ChatEvent;
declare function bill(caller: Caller, tokens: number): void;
declare function chatRequest(fields: Fields): ChatRequest;
declare function echoOf(messages: readonly Message[]): ChatStream;
declare function plainEncoder(exchange: Exchange, stamp: Stamp): Encoder;
declare function translate(part: unknown): void;
declare function eventsIn(pieces: readonly Uint8Array[]): readonly ChatEvent[];
declare function errorText(response: HttpResponse): Promise<string>;
declare function connectTo(url: string): Promise<Store>;
declare function tidy(): Promise<void>;
declare function refresh(): Promise<{ readonly token: string; readonly lifetimeMs: number }>;
declare const refreshToken: string, notes: Map<string, string | undefined>;
declare const connection: { on(event: string, listener: (key: string, entry: StoredEntry | undefined) => void): void };
declare function withAliases(models: readonly Model[]): readonly Model[];
`;

interface Example {
  readonly place: string;
  readonly code: string;
}

async function examplesOf(path: string): Promise<readonly Example[]> {
  const source = await readFile(join(repository, path), "utf8");
  return [
    ...source.matchAll(/^ *\/\*\*(?:(?!\*\/)[^])*?@example(?<code>(?:(?!\*\/)[^])*)\*\//gm),
  ].map(({ groups, index }) => {
    const lines = (groups?.["code"] ?? "").split("\n").map((line) => line.replace(/^ *\* ?/, ""));
    // The source of a rule follows after an empty line; a module's own statements cannot stand in a block.
    const [code = ""] = lines
      .join("\n")
      .trim()
      .split(/\n\n(?=Source)/);
    const place = `${path}:${source.slice(0, index).split("\n").length}`;
    return { place, code: code.replaceAll(/^export (?:default )?/gm, "") };
  });
}

test("the examples in doc comments of core type-check", async () => {
  const paths = await Array.fromAsync(glob("core/src/**/*.ts", { cwd: repository }));
  const examples = (await Promise.all(paths.toSorted().map(examplesOf))).flat();
  assert.ok(examples.length > 50, "there is something to check");
  const blocks = examples.map(({ place, code }) => `{ // ${place}\n${code}\n}`);
  const options = {
    extends: join(repository, "tsconfig.base.json"),
    compilerOptions: {
      noEmit: true,
      customConditions: ["@agproxy/source"],
      noUnusedLocals: false,
      noUnusedParameters: false,
    },
    include: ["*.ts"],
  };
  await using folder = await installedFolder({
    "examples.ts": `${surroundings}\n${blocks.join("\n")}\nexport {};\n`,
    "package.json": '{ "type": "module" }',
    "tsconfig.json": JSON.stringify(options),
  });
  const tsc = join(repository, "node_modules/.bin/tsc");
  const { code, stdout, stderr } = await finishedProcess(tsc, ["-p", "."], { cwd: folder.path });
  const lines = `${surroundings}\n${blocks.join("\n")}`.split("\n");
  const mistakes = [...stdout.matchAll(/^examples\.ts\((\d+),\d+\): error (.*)$/gm)].map(
    ([, line, error]) => `${lines[Number(line) - 1]?.trim()}  ← ${error}`,
  );
  assert.deepEqual(mistakes, []);
  assert.ok(code === 0 || stdout.includes("error TS"), stderr);
});
