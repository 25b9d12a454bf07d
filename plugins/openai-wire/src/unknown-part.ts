import { AgproxyError, type Fields } from "@agproxy/core";

/** Above this, an unknown part most likely holds a medium in base64, which would be read as a million tokens of text. */
const maxUnknownLength = 16 * 1024;

/**
 * The JSON text of something in a prompt that is not understood, so that nothing of the prompt is lost. Throws where it
 * is large, with `advice` on what would be understood.
 */
export function unknownText(unknown: Fields, advice: string): string {
  const text = unknown.json();
  if (text.length <= maxUnknownLength) return text;
  const type = unknown.get("type");
  const named =
    typeof type === "string"
      ? `has the unknown type ${JSON.stringify(type.slice(0, 100))}`
      : "has no type";
  const message = `\`${unknown.at}\` ${named} and is too large to be sent as text.`;
  throw new AgproxyError("invalid_request", message, { param: unknown.at, advice });
}
