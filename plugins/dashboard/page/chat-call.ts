import { signal } from "@preact/signals";
import { pageHeaders, refusalIn } from "./gateway.ts";
import { words } from "./words.ts";

/** An answer as it comes. */
export interface Tried {
  readonly text: string;
  readonly thought: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly status?: number;
  readonly fault?: string;
  readonly firstMs?: number;
  readonly totalMs?: number;
}

const nothing: Tried = { text: "", thought: "", headers: [] };

export const answer = signal<Tried | undefined>(undefined);
export const isAsking = signal(false);

let stop = new AbortController();

export function stopAsking(): void {
  stop.abort();
}

/** Asks the gateway as clients do: by its OpenAI chat route, streamed. */
export async function ask(model: string, message: string): Promise<void> {
  stop = new AbortController();
  const { signal } = stop;
  const began = performance.now();
  const since = () => performance.now() - began;
  const told = (more: Partial<Tried>) => {
    answer.value = { ...(answer.value ?? nothing), ...more };
  };
  answer.value = nothing;
  isAsking.value = true;
  try {
    const messages = [{ role: "user", content: message }];
    const body = JSON.stringify({ model, messages, stream: true });
    const url = new URL("v1/chat/completions", location.href);
    const response = await fetch(url, { method: "POST", headers: pageHeaders(), body, signal });
    told({ headers: [...response.headers], status: response.status });
    if (!response.ok) return told({ fault: await refusalIn(response) });
    for await (const piece of chunksOf(response)) {
      const { text = "", thought = "", fault } = piece;
      const { firstMs = since(), ...so } = answer.value;
      told({ text: so.text + text, thought: so.thought + thought, firstMs });
      if (fault !== undefined) told({ fault });
    }
  } catch (thrown) {
    told({ fault: signal.aborted ? words.stopped : String(thrown) });
  } finally {
    told({ totalMs: since() });
    isAsking.value = false;
  }
}

interface Piece {
  readonly text?: string;
  readonly thought?: string;
  readonly fault?: string;
}

async function* chunksOf(response: Response): AsyncGenerator<Piece> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let step = await reader?.read(); step?.done === false; step = await reader?.read()) {
    const lines = (rest + step.value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const payload = /^data: (?<payload>\{.*)/.exec(line)?.groups?.["payload"];
      if (payload !== undefined) yield pieceOf(JSON.parse(payload) as Chunk);
    }
  }
}

/** What the page reads of a chunk. */
interface Chunk {
  readonly choices?: readonly {
    readonly delta?: {
      readonly content?: string | null;
      readonly reasoning_content?: string | null;
    };
  }[];
  readonly error?: { readonly message?: string };
}

function pieceOf({ choices, error }: Chunk): Piece {
  const { content, reasoning_content: thought } = choices?.[0]?.delta ?? {};
  const fault = error === undefined ? {} : { fault: error.message ?? "" };
  return { text: content ?? "", thought: thought ?? "", ...fault };
}
