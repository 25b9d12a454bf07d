import { FaultyText, placeAt, type Place } from "./code-frame.ts";

/** Reads JSON that may have comments and commas at the end of lists. Throws a `FaultyText` that quotes nothing of the text. */
export function parseJson(text: string): unknown {
  const plain = withoutComments(text);
  try {
    return JSON.parse(plain) as unknown;
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    // V8 quotes what stands around the fault, which may be a key.
    const [fault = message] = message.split(
      /, (?:\.\.\.)?"| in JSON at position | is not valid JSON/,
    );
    throw new FaultyText(fault, placeOf(message, plain), { cause: thrown });
  }
}

function placeOf(message: string, text: string): Place {
  const position = /at position (?<position>\d+)/.exec(message)?.groups?.["position"];
  if (position !== undefined) return placeAt(text, Number(position));
  const token = /^Unexpected token '(?<token>[^]*?)', /u.exec(message)?.groups?.["token"];
  return placeAt(text, token === undefined ? text.trimEnd().length : firstBroken(text, token));
}

/** Where V8 gives no position: the first place of the token up to which the text is a beginning of JSON. */
function firstBroken(text: string, token: string): number {
  for (let at = text.indexOf(token); at !== -1; at = text.indexOf(token, at + 1)) {
    if (isBrokenAt(text.slice(0, at + token.length))) return at;
  }
  return text.trimEnd().length;
}

function isBrokenAt(beginning: string): boolean {
  try {
    JSON.parse(beginning);
    return false;
  } catch (thrown) {
    return thrown instanceof Error && thrown.message.startsWith("Unexpected token");
  }
}

/** Texts, comments, and commas before a closing bracket. */
const tokens =
  /(?<text>"(?:[^"\\\n]|\\.)*"?)|\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)|,(?=(?:\s|\/\/[^\n]*|\/\*(?:(?!\*\/)[^])*\*\/)*[}\]])/g;

/** The same text with blanks in place of comments, so that places stay what they are. */
function withoutComments(text: string): string {
  return text.replaceAll(tokens, (found, quoted?: string) =>
    quoted === undefined ? found.replaceAll(/[^\n]/g, " ") : found,
  );
}
