/** An imitation of the Gemini API whose keys fail as a scene tells them, and which counts what it was asked. */
import { setTimeout as sleep } from "node:timers/promises";
import {
  answerWell,
  cutOff,
  type GeminiCall,
  geminiServer,
  type GeminiServer,
  said,
  sse,
} from "../support/gemini-server.ts";

/** What a key does with a call. */
export type Behaviour = (call: GeminiCall) => void | Promise<void>;

export interface Imitation extends AsyncDisposable {
  readonly url: string;
  /** How often a key was asked. */
  hits(place: number): number;
  /** How often keys were asked that do not answer well. */
  readonly refused: number;
  readonly calls: number;
  /** Changes what a key does from now on. */
  set(place: number, behaviour: Behaviour): void;
}

/** Keys are named by their places, from 1: `key-1`. Those without a behaviour answer well. */
export async function imitation(
  behaviours: Readonly<Record<number, Behaviour>>,
): Promise<Imitation> {
  const current = new Map(Object.entries(behaviours).map(([place, it]) => [`key-${place}`, it]));
  const hits = new Map<string, number>();
  let refused = 0;
  const server: GeminiServer = await geminiServer((call) => {
    hits.set(call.key, (hits.get(call.key) ?? 0) + 1);
    const behaviour = current.get(call.key) ?? well;
    call.response.once("finish", () => {
      if (call.response.statusCode >= 400) refused += 1;
    });
    void behaviour(call);
  });
  return {
    url: server.url,
    hits: (place) => hits.get(`key-${place}`) ?? 0,
    get refused() {
      return refused;
    },
    get calls() {
      return server.calls.length;
    },
    set: (place, behaviour) => void current.set(`key-${place}`, behaviour),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** A few milliseconds, as the nearest of real upstreams. */
const latencyMs = 5;

export const well: Behaviour = async (call) => {
  await sleep(latencyMs);
  answerWell(call);
};

interface Refusal {
  readonly status: number;
  readonly word?: string;
  readonly message?: string;
  /** Seconds. */
  readonly retryDelay?: number;
  readonly reason?: string;
  readonly quotaId?: string;
}

const type = (name: string) => `type.googleapis.com/google.rpc.${name}`;

/** A refusal in Google's form. Source: https://google.aip.dev/193 */
export function refuses(refusal: Refusal): Behaviour {
  const { status, word = "", message = "Told to refuse.", retryDelay, reason, quotaId } = refusal;
  const details = [
    ...(retryDelay === undefined
      ? []
      : [{ "@type": type("RetryInfo"), retryDelay: `${retryDelay}s` }]),
    ...(reason === undefined ? [] : [{ "@type": type("ErrorInfo"), reason }]),
    ...(quotaId === undefined
      ? []
      : [{ "@type": type("QuotaFailure"), violations: [{ quotaId }] }]),
  ];
  return async ({ response }) => {
    await sleep(latencyMs);
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: { code: status, status: word, message, details } }));
  };
}

export const outOfQuota = refuses({
  status: 429,
  word: "RESOURCE_EXHAUSTED",
  message: "You exceeded your current quota.",
  quotaId: "GenerateRequestsPerDayPerProjectPerModel-FreeTier",
});

export const overloaded = refuses({
  status: 503,
  word: "UNAVAILABLE",
  message: "The model is overloaded. Please try again later.",
});

export const badKey = refuses({
  status: 400,
  word: "INVALID_ARGUMENT",
  message: "API key not valid. Please pass a valid API key.",
  reason: "API_KEY_INVALID",
});

/** Limited for so many seconds from its first call on, and well from then on. */
export function limitedFor(seconds: number): Behaviour {
  const until = Date.now() + seconds * 1000;
  return (call) => {
    const left = (until - Date.now()) / 1000;
    return left <= 0 ? well(call) : refuses({ status: 429, retryDelay: left })(call);
  };
}

/** Answers `count` calls in each window of `windowMs`, and refuses the others until the next one. */
export function servesPerWindow(count: number, windowMs: number): Behaviour {
  let [begunAt, served] = [0, 0];
  return (call) => {
    const now = Date.now();
    if (now >= begunAt + windowMs) [begunAt, served] = [now, 0];
    served += 1;
    if (served <= count) return well(call);
    return refuses({ status: 429, retryDelay: (begunAt + windowMs - now) / 1000 })(call);
  };
}

/** Ways to fail after a first event. */
export const lateFailures: Readonly<Record<string, Behaviour>> = {
  "429": async (call) => void (await begun(call)).end(errorEvent(429, "RESOURCE_EXHAUSTED")),
  "503": async (call) => void (await begun(call)).end(errorEvent(503, "UNAVAILABLE")),
  cut: async (call) => cutOff(await begun(call)),
  stall: async (call) => void (await begun(call)),
};

/** Writes the first event, and waits until it is on its way to the client. */
async function begun({ response }: GeminiCall): Promise<GeminiCall["response"]> {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(sse(said("begun ")));
  await sleep(20);
  return response;
}

function errorEvent(code: number, status: string): string {
  return sse({ error: { code, status, message: "Told to fail late." } });
}
