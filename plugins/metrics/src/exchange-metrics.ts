import type { Summary, Usage } from "@agproxy/core";
import { Counter, Histogram, type Registry } from "prom-client";
import { LabelValues, other } from "./label-values.ts";

/** In seconds: from a quick first token to the longest answers. */
const seconds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320, 640];
/** In seconds. Source: OpenTelemetry's GenAI metrics, gen_ai.server.time_per_output_token. */
const secondsPerToken = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5];
/** In seconds. Most requests wait for nothing. */
const waits = [0.001, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60];

/** What is counted of each exchange. Names are those of OpenTelemetry's GenAI conventions where there is one. */
export class ExchangeMetrics {
  readonly #values: Readonly<Record<"asked" | "model" | "account" | "caller", LabelValues>>;
  readonly #tallies = new Map<string, Tally>();
  readonly #limit: number;
  readonly #requests;
  readonly #attempts;
  readonly #rotations;
  readonly #tokens;
  readonly #duration;
  readonly #firstToken;
  readonly #perToken;
  readonly #wait;

  /** At most `limit` values of each label, and fifty times as many combinations. */
  constructor(register: Registry, limit: number) {
    const registers = [register];
    this.#values = {
      asked: new LabelValues(limit),
      model: new LabelValues(limit),
      account: new LabelValues(limit),
      caller: new LabelValues(limit),
    };
    this.#limit = limit * 50;
    this.#requests = new Counter({
      name: "agproxy_requests_total",
      help: "Chats that are over, by how they ended",
      labelNames: ["protocol", "requested_model", "model", "account", "caller", "outcome"],
      registers,
    });
    this.#attempts = new Counter({
      name: "agproxy_attempts_total",
      help: "Tries of chats on an account; error_type is empty for good ones",
      labelNames: ["account", "model", "error_type"],
      registers,
    });
    this.#rotations = new Counter({
      name: "agproxy_rotations_total",
      help: "Attempts that went to another account than the one before",
      labelNames: ["account", "model"],
      registers,
    });
    this.#tokens = new Counter({
      name: "agproxy_tokens_total",
      help: "Tokens by gen_ai_token_type; cached ones are part of input, thought ones of output",
      labelNames: ["gen_ai_token_type", "model", "account", "caller"],
      registers,
    });
    const labelNames = ["gen_ai_request_model", "gen_ai_response_model", "stream"] as const;
    this.#duration = new Histogram({
      name: "gen_ai_server_request_duration_seconds",
      help: "From the arrival of a request to the end of its answer",
      labelNames,
      buckets: seconds,
      registers,
    });
    this.#firstToken = new Histogram({
      name: "gen_ai_server_time_to_first_token_seconds",
      help: "From the arrival of a request to the first event of its streamed answer",
      labelNames,
      buckets: seconds,
      registers,
    });
    this.#perToken = new Histogram({
      name: "gen_ai_server_time_per_output_token_seconds",
      help: "Between the tokens of streamed answers, after the first",
      labelNames,
      buckets: secondsPerToken,
      registers,
    });
    this.#wait = waitHistogram(register);
  }

  /** An exchange is over. */
  note(summary: Summary): void {
    const { exchange, attempts, waitMs } = summary;
    const tally = this.#tallyOf(summary);
    tally.requests += 1;
    if (summary.usage !== undefined) addTokens(tally.tokens, summary.usage);
    if (attempts.length === 1 && attempts[0]?.error === undefined) tally.goodAttempts += 1;
    else this.#countAttempts(attempts);
    this.#wait.observe(waitMs / 1000);
    this.#time(summary, {
      gen_ai_request_model: tally.asked,
      gen_ai_response_model: tally.model,
      stream: exchange.request.stream ? "true" : "false",
    });
  }

  /** Hands on what was counted since the last time. The counters take many times as long as a sum. */
  flush(): void {
    for (const tally of this.#tallies.values()) {
      const { protocol, asked, model, account, caller, outcome, requests, goodAttempts } = tally;
      if (requests === 0) continue;
      const who = { model, account, caller };
      this.#requests.inc({ protocol, requested_model: asked, ...who, outcome }, requests);
      if (goodAttempts > 0) this.#attempts.inc({ account, model, error_type: "" }, goodAttempts);
      for (const [gen_ai_token_type, count] of Object.entries(tally.tokens)) {
        if (count > 0) this.#tokens.inc({ gen_ai_token_type, ...who }, count);
      }
      tally.requests = 0;
      tally.goodAttempts = 0;
      tally.tokens = noTokens();
    }
  }

  #tallyOf(summary: Summary): Tally {
    const { exchange, attempts, outcome, answeredBy } = summary;
    const last = attempts.at(-1);
    const { protocol } = exchange;
    const asked = this.#values.asked.of(exchange.request.model);
    const model = this.#values.model.of(summary.model);
    const account = this.#values.account.of(last?.account.label ?? answeredBy ?? "");
    const caller = this.#values.caller.of(exchange.caller.name);
    const own = { protocol, asked, model, account, caller, outcome };
    const key = `${protocol}\n${asked}\n${model}\n${account}\n${caller}\n${outcome}`;
    const known = this.#tallies.get(key);
    if (known !== undefined) return known;
    if (this.#tallies.size < this.#limit) return this.#begin(key, own);
    // Values may be few and their combinations many.
    const rest = { ...own, asked: other, model: other, account: other, caller: other };
    const restKey = `${protocol}\n${outcome}`;
    return this.#tallies.get(restKey) ?? this.#begin(restKey, rest);
  }

  #begin(key: string, series: Series): Tally {
    const tally = { ...series, requests: 0, goodAttempts: 0, tokens: noTokens() };
    this.#tallies.set(key, tally);
    return tally;
  }

  #countAttempts(attempts: Summary["attempts"]): void {
    for (const [index, attempt] of attempts.entries()) {
      const model = this.#values.model.of(attempt.model);
      const account = this.#values.account.of(attempt.account.label);
      this.#attempts.inc({ account, model, error_type: attempt.error?.code ?? "" });
      const before = attempts[index - 1];
      if (before !== undefined && before.account !== attempt.account) {
        this.#rotations.inc({ account, model });
      }
    }
  }

  #time(
    { durationMs, firstEventMs, usage, outcome }: Summary,
    labels: Readonly<Record<"gen_ai_request_model" | "gen_ai_response_model" | "stream", string>>,
  ): void {
    this.#duration.observe(labels, durationMs / 1000);
    if (firstEventMs === undefined) return;
    this.#firstToken.observe(labels, firstEventMs / 1000);
    const { outputTokens = 0 } = usage ?? {};
    if (outcome !== "ok" || outputTokens < 2) return;
    this.#perToken.observe(labels, (durationMs - firstEventMs) / 1000 / (outputTokens - 1));
  }
}

function waitHistogram(register: Registry) {
  return new Histogram({
    name: "agproxy_account_wait_seconds",
    help: "For how long chats waited for an account, all their attempts together",
    buckets: waits,
    registers: [register],
  });
}

/** What chats are counted by. */
type Series = Readonly<
  Record<"protocol" | "asked" | "model" | "account" | "caller" | "outcome", string>
>;

/** What was counted of one of them, and is not handed on yet. */
interface Tally extends Series {
  requests: number;
  /** Of chats that the first attempt answered: the usual case. */
  goodAttempts: number;
  tokens: ReturnType<typeof noTokens>;
}

function noTokens() {
  return { input: 0, output: 0, cached: 0, thought: 0 };
}

function addTokens(tokens: ReturnType<typeof noTokens>, usage: Usage): void {
  tokens.input += usage.inputTokens;
  tokens.output += usage.outputTokens;
  tokens.cached += usage.cachedTokens ?? 0;
  tokens.thought += usage.reasoningTokens ?? 0;
}
