import { sseFrame } from "@agproxy/core";
import type { WireFinish } from "./finish-reason.ts";
import type { wireLogprobs } from "./logprobs.ts";
import type { Stamp } from "./stamp.ts";
import type { wireUsage } from "./usage.ts";

/** Writes chunks whose constant parts are prepared. Deltas come in as JSON text. */
export interface ChunkFrames {
  delta(choice: number, delta: string, logprobs: ReturnType<typeof wireLogprobs>): string;
  last(choice: number, delta: string, finish: WireFinish): string;
  /** The chunk after the last: no choices, only counts. */
  usage(usage: ReturnType<typeof wireUsage>): string;
}

export function chunkFrames({ id, created, model }: Stamp, includeUsage: boolean): ChunkFrames {
  const constant = JSON.stringify({ id, object: "chat.completion.chunk", created, model });
  const head = `${constant.slice(0, -1)},"choices":[`;
  // Who asked for counts reads the field in every chunk; who did not must not see it.
  const tail = includeUsage ? '],"usage":null}' : "]}";
  const open = `,"logprobs":null,"finish_reason":null}${tail}`;
  return {
    delta(choice, delta, logprobs) {
      const end =
        logprobs === null
          ? open
          : `,"logprobs":${JSON.stringify(logprobs)},"finish_reason":null}${tail}`;
      return sseFrame(`${head}{"index":${choice},"delta":${delta}${end}`);
    },
    last(choice, delta, finish) {
      const end = `,"logprobs":null,${JSON.stringify(finish).slice(1)}${tail}`;
      return sseFrame(`${head}{"index":${choice},"delta":${delta}${end}`);
    },
    usage: (usage) => sseFrame(`${head}],"usage":${JSON.stringify(usage)}}`),
  };
}
