/** What clients do all day: good requests and bad ones, answers that are read and answers that are left. */
import { Agent, type ClientRequest, type IncomingMessage, request } from "node:http";
import { chatCases, type ChatCase, pathOf } from "../support/chat-routes.ts";
import { at } from "../support/json-path.ts";
import { connect } from "../support/response-socket.ts";
import { Tally } from "./tally.ts";

/** Nobody waits longer for any answer, in milliseconds. */
const patienceMs = 30_000;

interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly body?: string;
  /** How much of the answer is read before the client leaves. Default: all of it. */
  readonly readsBytes?: number;
}

interface Heard {
  readonly status: number;
  readonly text: string;
}

/** Clients that share a pool of connections. */
export class Clients {
  /** How their requests ended. */
  readonly tally = new Tally();
  /** What must never happen. */
  readonly faults: string[] = [];
  readonly #url: string;
  readonly #random: () => number;
  #agent = new Agent({ keepAlive: true });
  #count = 0;

  /** `random` is from 0 to 1. */
  constructor(url: string, random: () => number) {
    this.#url = url;
    this.#random = random;
  }

  /** One of the things that clients do. */
  async act(): Promise<void> {
    this.#count += 1;
    const kind = this.#random();
    try {
      this.tally.add(await this.#done(kind));
    } catch (thrown) {
      this.faults.push(`request ${this.#count}: ${String(thrown)}`);
    }
  }

  /** Closes all connections. */
  atRest(): void {
    this.#agent.destroy();
    this.#agent = new Agent({ keepAlive: true });
  }

  #done(kind: number): Promise<string> {
    if (kind < 0.84) return this.#chat(this.#oneOf(chatCases));
    if (kind < 0.9) return this.#leave(this.#oneOf(chatCases));
    if (kind < 0.93) return this.#turns();
    if (kind < 0.96) return this.#storedResponse();
    if (kind < 0.98) return this.#refused();
    return this.#look(this.#oneOf(["/v1/models", "/readyz", "/metrics", "/healthz"]));
  }

  async #chat({ route, stream }: ChatCase): Promise<string> {
    const model = this.#model();
    const body = { ...route.body(this.#prompt(), stream), model, store: undefined };
    const path = pathOf({ route, stream }, model);
    const { status, text } = await this.#ask({ path, body: JSON.stringify(body) });
    if (status !== 200) return refusalIn(status, text);
    if (!stream) return route.text(JSON.parse(text)).includes("good") ? "good" : wrong(text);
    if (route.isComplete(text) && route.streamedError(text) === undefined) return "good";
    const code = codeOf(route.streamedError(text));
    return code === undefined ? wrong(text) : honest(code, text);
  }

  /** Reads some of an answer, or nothing, and goes. */
  async #leave({ route, stream }: ChatCase): Promise<string> {
    const body = JSON.stringify(route.body(this.#prompt(), stream));
    const path = pathOf({ route, stream }, this.#model());
    await this.#ask({ path, body, readsBytes: Math.floor(this.#random() * 200) });
    return "left";
  }

  /** Two turns over a WebSocket. */
  async #turns(): Promise<string> {
    await using socket = await connect(this.#url);
    for (let turn = 0; turn < 2; turn += 1) {
      socket.ask({ model: this.#model(), input: this.#prompt(), store: false });
      const first = await inTime(Promise.race([socket.next(), socket.closed]));
      // Before anything of a turn: a reload has replaced the gateway that had the connection.
      if (first === 1001) return "closed by a reload";
      if (typeof first === "number") return wrong(`closed with ${first}`);
      const rest = first["type"] === "error" ? [first] : inTime(socket.events());
      const last = (await Promise.race([rest, socket.closed.then(brokenOff)])).at(-1);
      const code = at(last, "error", "code") ?? at(last, "response", "error", "code");
      if (typeof code === "string") return honest(code, JSON.stringify(last));
      if (last?.["type"] !== "response.completed") return wrong(JSON.stringify(last));
    }
    return "good over WebSocket";
  }

  /** A response that is stored, read and deleted. */
  async #storedResponse(): Promise<string> {
    const body = { model: this.#model(), input: this.#prompt(), store: true };
    const made = await this.#ask({ path: "/v1/responses", body: JSON.stringify(body) });
    if (made.status !== 200) return refusalIn(made.status, made.text);
    const path = `/v1/responses/${String(at(JSON.parse(made.text), "id"))}`;
    const read = await this.#ask({ method: "GET", path });
    const deleted = await this.#ask({ method: "DELETE", path });
    return read.status === 200 && deleted.status === 200
      ? "good, stored and deleted"
      : wrong(read.text + deleted.text);
  }

  async #refused(): Promise<string> {
    const bad = [
      { path: "/v1/chat/completions", body: '{"model":' },
      { path: "/v1/responses", body: '{"model":"m","input":7}' },
      { method: "GET", path: "/v1/nothing" },
    ];
    const { status, text } = await this.#ask(this.#oneOf(bad));
    return status >= 400 && status < 500 ? `refused with ${status}` : wrong(`${status} ${text}`);
  }

  async #look(path: string): Promise<string> {
    const { status, text } = await this.#ask({ method: "GET", path });
    return status === 200 || (path === "/readyz" && status === 503) ? "looked" : wrong(text);
  }

  #ask({ method = "POST", path, body, readsBytes }: Asked): Promise<Heard> {
    return new Promise((resolve, reject) => {
      const headers = { "content-type": "application/json" };
      const call = request(this.#url + path, { method, agent: this.#agent, headers });
      call.setTimeout(patienceMs, () => call.destroy(new Error(`no answer from ${path} in time`)));
      call.once("error", reject);
      call.once("response", (answer) => {
        read(call, answer, readsBytes).then(resolve, reject);
      });
      call.end(body);
      if (readsBytes === undefined || readsBytes > 60) return;
      // It leaves before the answer has begun.
      call.off("error", reject).on("error", () => {});
      setTimeout(() => {
        call.destroy();
        resolve({ status: 0, text: "" });
      }, readsBytes / 4);
    });
  }

  #oneOf<T>(all: readonly T[]): T {
    return all[Math.floor(this.#random() * all.length)]!;
  }

  /** Some hundred conversations, so that what is kept of them has an end. */
  #prompt(): string {
    return `Question ${Math.floor(this.#random() * 500)}`;
  }

  #model(): string {
    return this.#oneOf(["gemini-2.5-flash", "gemini-2.5-pro", "gemini-3-pro"]);
  }
}

async function read(
  call: ClientRequest,
  answer: IncomingMessage,
  readsBytes = Infinity,
): Promise<Heard> {
  const { statusCode: status = 0 } = answer;
  let text = "";
  answer.setEncoding("utf8");
  try {
    for await (const piece of answer as AsyncIterable<string>) {
      text += piece;
      if (text.length >= readsBytes) break;
    }
  } finally {
    if (readsBytes !== Infinity) call.destroy();
  }
  return { status, text };
}

/** What upstreams and pools may do to a request; anything else is agproxy's fault. */
const honestCodes =
  /^(?:rate_limit_exceeded|quota_exhausted|model_overloaded|overloaded_error|rate_limit_error|api_error|timeout_error|pool_exhausted|upstream_\w+|malformed_tool_call|server_error|too_many_requests|RESOURCE_EXHAUSTED|UNAVAILABLE|INTERNAL)$/;

function honest(code: string, text: string): string {
  if (honestCodes.test(code)) return `told ${code}`;
  return wrong(text);
}

/** agproxy's own code, which Google's clients find among the details, or Google's word where it is passed on. */
function codeOf(error: unknown): string | undefined {
  const own = at(error, "details", 0, "metadata", "code");
  return [own, at(error, "status"), at(error, "code"), at(error, "type")].find(
    (word) => typeof word === "string",
  );
}

function refusalIn(status: number, text: string): string {
  const code = codeOf(at(JSON.parse(text), "error"));
  return status >= 429 && code !== undefined ? honest(code, text) : wrong(`${status} ${text}`);
}

function wrong(text: string): never {
  throw new Error(`a wrong answer: ${text.slice(-300)}`);
}

function brokenOff(code: number): never {
  throw new Error(`closed with ${code} in the middle of a turn`);
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  const late = AbortSignal.timeout(patienceMs);
  const tooLate = new Promise<never>((_, reject) => {
    late.addEventListener("abort", () => reject(new Error("no end of a turn in time")));
  });
  return Promise.race([work, tooLate]);
}
