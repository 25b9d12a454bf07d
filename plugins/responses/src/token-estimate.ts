import type { ChatRequest, Part } from "@agproxy/core";

/** What a picture, a sound or a file costs where nothing but its size is known. */
const mediaTokens = 258;

/** What a message costs beside its content. */
const messageTokens = 4;

/**
 * About how many tokens a request is. No vendor is asked: it is for a client that wants to know whether its
 * conversation still fits, and errs on the high side for most texts.
 */
export function estimatedTokens({ messages, tools = [], output }: ChatRequest): number {
  const said = messages.reduce(
    (sum, { content }) =>
      sum + messageTokens + content.reduce((all, part) => all + partTokens(part), 0),
    0,
  );
  const offered = tools.reduce((sum, tool) => sum + textTokens(JSON.stringify(tool)), 0);
  return (
    said + offered + (output?.schema === undefined ? 0 : textTokens(JSON.stringify(output.schema)))
  );
}

function partTokens(part: Part): number {
  switch (part.type) {
    case "media":
      return mediaTokens;
    case "tool-call":
      return textTokens(part.name) + textTokens(part.arguments);
    case "tool-result":
      return part.content.reduce((sum, one) => sum + partTokens(one), 0);
    case "code":
      return textTokens(part.code);
    case "code-result":
      return textTokens(part.output);
    case "search":
      return textTokens(part.queries.join(" "));
    default:
      return textTokens(part.text);
  }
}

/** Four characters of Latin script are about a token; of other scripts each character is about one. */
function textTokens(text: string): number {
  let latin = 0;
  for (let index = 0; index < text.length; index += 1)
    if (text.charCodeAt(index) < 0x250) latin += 1;
  return Math.ceil(latin / 4) + (text.length - latin);
}
