import {
  countIn,
  type JsonObject,
  listIn,
  objectIn,
  objectsIn,
  parsedJson,
  wordIn,
} from "@agproxy/core";

/** What a server says about an error, in whichever of the usual forms. */
export interface ErrorDetails {
  readonly message: string;
  /** Words that a program may branch on, from `code`, `type` and `error_type`, in lower case. */
  readonly words: readonly string[];
  /** A status in the body. In the middle of a stream there is no other. */
  readonly status: number | undefined;
  /** The field of the request at fault, as a path. */
  readonly params: readonly string[];
  readonly metadata: JsonObject;
}

/** No error is longer. What is longer would be searched for words at every character. */
const maxTextLength = 8 * 1024;
const maxEntries = 16;

/**
 * The error in a body: OpenAI's `{ error: { … } }`, the same without the outer object (vLLM before 0.10), a bare text, or
 * FastAPI's `detail`. Undefined where the body has none of these forms.
 */
export function errorDetails(body: unknown): ErrorDetails | undefined {
  const given = typeof body === "string" ? parsedJson(body) : body;
  const outer = objectIn(Array.isArray(given) ? given[0] : given);
  if (outer === undefined) return undefined;
  const error = objectIn(outer["error"]) ?? (isError(outer) ? outer : undefined);
  if (error === undefined) return undefined;
  const faults = validationFaults(error);
  return {
    message: (messageOf(error) ?? faults.message).slice(0, maxTextLength),
    words: ["code", "type", "error_type"].flatMap(
      (name) => wordIn(error[name])?.toLowerCase() ?? [],
    ),
    status: statusOf(error) ?? statusOf(outer),
    params: [...(wordIn(error["param"])?.split("\n", 1) ?? []), ...faults.params],
    metadata: objectIn(error["metadata"]) ?? {},
  };
}

function isError(outer: JsonObject): boolean {
  return (
    outer["object"] === "error" ||
    outer["detail"] !== undefined ||
    wordIn(outer["error"]) !== undefined ||
    wordIn(outer["message"]) !== undefined
  );
}

/** OpenRouter's own message often only says that the provider failed; the provider's own is beside it. */
function messageOf(error: JsonObject): string | undefined {
  const own = wordIn(error["message"]) ?? wordIn(error["error"]) ?? wordIn(error["detail"]);
  const raw = wordIn(objectIn(error["metadata"])?.["raw"]);
  if (raw === undefined || own === undefined) return own;
  const inner = errorDetails(raw)?.message ?? raw;
  return `${own}: ${inner}`;
}

/** Pydantic's list of what is wrong, in `detail`, or in a message that is an object. */
function validationFaults(error: JsonObject): Pick<ErrorDetails, "message" | "params"> {
  const detail = error["detail"] ?? objectIn(error["message"])?.["detail"];
  const faults = objectsIn(detail).slice(0, maxEntries);
  const params = faults.map(({ loc }) =>
    listIn(loc)
      .filter((step, index) => index > 0 || step !== "body")
      .join("."),
  );
  const texts = faults.map(({ msg }, index) => `${params[index]}: ${wordIn(msg) ?? "is wrong"}`);
  return { message: texts.join("; "), params };
}

function statusOf({ code, status }: JsonObject): number | undefined {
  const number = countIn(code) ?? countIn(status) ?? Number(wordIn(code) ?? Number.NaN);
  return Number.isInteger(number) && number >= 100 && number < 600 ? number : undefined;
}
