import {
  defined,
  type CodePart,
  type CodeResultPart,
  type MediaPart,
  type Fields,
} from "@agproxy/core";

/** First characters of a picture in base64, where the item does not say what it is. */
const beginnings: readonly (readonly [start: string, mimeType: string])[] = [
  ["iVBOR", "image/png"],
  ["/9j/", "image/jpeg"],
  ["UklGR", "image/webp"],
  ["R0lGOD", "image/gif"],
];

/** A picture of an earlier turn. */
export function imageParts(item: Fields): readonly MediaPart[] {
  const data = item.string("result");
  if (data === undefined || data === "") return [];
  const mimeType = beginnings.find(([start]) => data.startsWith(start))?.[1];
  const source = { kind: "data", data } as const;
  return [{ type: "media", media: "image", source, ...defined({ mimeType }) }];
}

/** Code that a model ran in an earlier turn, and what it printed. The API knows only Python. */
export function codeParts(item: Fields): readonly (CodePart | CodeResultPart)[] {
  const code = item.string("code");
  const outputs = item.list("outputs") === undefined ? [] : item.objects("outputs");
  const printed = outputs.flatMap((output) => output.string("logs") ?? []);
  const ran: CodePart[] =
    code === undefined || code === "" ? [] : [{ type: "code", language: "python", code }];
  if (printed.length === 0) return ran;
  const outcome = outcomes.get(item.get("status")) ?? "ok";
  return [...ran, { type: "code-result", outcome, output: printed.join("\n") }];
}

const outcomes: ReadonlyMap<unknown, CodeResultPart["outcome"]> = new Map([
  ["failed", "failed"],
  ["incomplete", "timeout"],
]);
