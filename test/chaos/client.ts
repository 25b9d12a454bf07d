/** What a scene's clients see. */
import { readSseText } from "agproxy/testing";

export interface Seen {
  readonly status: number;
  readonly account: string | null;
  readonly retryAfter: string | null;
  readonly ms: number;
  /** Whether the answer came to its good end. */
  readonly isWhole: boolean;
  /** `Date.now()` at the end. */
  readonly endedAt: number;
}

interface Ask {
  readonly stream?: boolean;
  readonly text?: string;
  readonly model?: string;
  readonly key?: string;
  readonly session?: string;
  /** Whether on a connection of its own. */
  readonly alone?: boolean;
}

/** Sends one chat and reads its answer to the end. */
export async function ask(url: string, options: Ask = {}): Promise<Seen> {
  const { stream = true, text = "Say hello", model = "gemini-2.5-flash", key, session } = options;
  const startedAt = Date.now();
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(session === undefined ? {} : { "x-session-id": session }),
      ...(options.alone === true ? { connection: "close" } : {}),
    },
    body: JSON.stringify({ model, stream, messages: [{ role: "user", content: text }] }),
  });
  const body = await answer.text();
  const isWhole = answer.ok && (stream ? endsWell(body) : body.includes("good answer"));
  const endedAt = Date.now();
  return {
    status: answer.status,
    account: answer.headers.get("x-account-email"),
    retryAfter: answer.headers.get("retry-after"),
    ms: endedAt - startedAt,
    isWhole,
    endedAt,
  };
}

function endsWell(body: string): boolean {
  return readSseText(body).at(-1)?.data === "[DONE]" && !body.includes('"error"');
}

/** Runs `work` for each number from 0, so many at a time. */
export async function concurrently<T>(
  count: number,
  width: number,
  work: (index: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const index = next;
      next += 1;
      results[index] = await work(index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, count) }, lane));
  return results;
}

export function failures(seen: readonly Seen[]): number {
  return seen.filter(({ isWhole }) => !isWhole).length;
}

export function slowest(seen: readonly Seen[]): number {
  return Math.max(...seen.map(({ ms }) => ms));
}
