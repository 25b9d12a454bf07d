import {
  namedSseFrame,
  type ChatEvent,
  type Choice,
  type Encoder,
  type Usage,
  errorBody,
} from "@agproxy/core";
import { formatOf, type DrawnImage, noUsage, wireUsage } from "./image.ts";
import { undrawn } from "./undrawn.ts";
import type { DrawingWish } from "./drawing-request.ts";

/**
 * A stream with a `completed` event for each image. An image waits for what comes after it, for the last
 * one's event carries the usage of all. `end` throws where there was no image.
 * Source: https://platform.openai.com/docs/api-reference/images-streaming
 */
export function imageStream(
  kind: "image_generation" | "image_edit",
  wish: DrawingWish,
  created: number,
): Omit<Encoder, "whole"> {
  let waiting: DrawnImage | undefined;
  let usage: Usage = noUsage;
  let finish: Choice["finish"] | undefined;
  const said: string[] = [];
  const completed = (image: DrawnImage, counted: Usage) =>
    completedFrame(`${kind}.completed`, image, { wish, created, counted });

  function read(event: ChatEvent): string {
    switch (event.type) {
      case "media": {
        if (event.media !== "image") return "";
        const earlier = waiting;
        waiting = event;
        return earlier === undefined ? "" : completed(earlier, noUsage);
      }
      case "text":
      case "refusal":
        said.push(event.text);
        return "";
      case "usage":
        usage = event.usage;
        return "";
      case "finish":
        finish = event;
        return "";
      case "reasoning":
      case "tool-call":
      case "code":
      case "code-result":
      case "citation":
      case "search":
      case "logprobs":
      case "embedding":
        return "";
    }
  }

  return {
    batch: (events) => events.map(read).join(""),
    end() {
      if (waiting === undefined) throw undrawn([{ said: said.join(""), finish }]);
      return completed(waiting, usage);
    },
    fail: (error) => namedSseFrame("error", JSON.stringify({ type: "error", ...errorBody(error) })),
  };
}

/** The event of one image. */
function completedFrame(
  type: string,
  image: DrawnImage,
  { wish, created, counted }: { wish: DrawingWish; created: number; counted: Usage },
): string {
  const event = {
    type,
    created_at: created,
    // The size it was drawn in is known only to who decodes it.
    size: "auto",
    quality: wish.quality,
    background: "auto",
    output_format: formatOf(image),
    usage: wireUsage(counted),
    b64_json: image.data,
  };
  return namedSseFrame(type, JSON.stringify(event));
}
