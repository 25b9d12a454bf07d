import { AgproxyError, type Choice, namedSseFrame, errorBody } from "@agproxy/core";

/** How a choice ended. */
export interface Outcome {
  /** What the model wrote. */
  readonly said: string;
  /** The model's refusal, in its own words. */
  readonly refused: string;
  readonly finish: Choice["finish"] | undefined;
}

/** What the model wrote in a whole answer, and how it ended. */
export function outcomeOf(choice: Choice | undefined): Outcome {
  const written = (type: "text" | "refusal") =>
    (choice?.content ?? []).map((part) => (part.type === type ? part.text : "")).join("");
  return { said: written("text"), refused: written("refusal"), finish: choice?.finish };
}

/**
 * Throws where an answer is cut short: these APIs have no field that says so, and a client would take it for
 * whole. `what` is a noun for what was asked for. A 400 where another try would end the same way, as SDKs
 * repeat a 502.
 */
export function assertWhole(what: string, { refused, finish }: Outcome): void {
  if (finish?.reason === "stop" && refused === "") return;
  const detail = finish?.detail === undefined ? "" : ` (${finish.detail})`;
  if (finish?.reason === "length") {
    throw new AgproxyError(
      "upstream_rejected",
      `The ${what} is longer than the model can answer.`,
      {
        advice: "Send it in parts.",
      },
    );
  }
  if (finish?.reason === "content-filter" || refused !== "") {
    throw new AgproxyError(
      "upstream_rejected",
      `The ${what} was withheld${detail}${words(refused)}`,
      {
        advice: "Send something else, or choose another model.",
      },
    );
  }
  throw new AgproxyError("upstream_failed", `The ${what} ended early${detail}.`, {
    advice: "Try again.",
  });
}

/** The error of an answer with text and no sound. */
export function unspoken({ said }: Outcome): AgproxyError {
  const advice = "Choose a model that speaks.";
  return said.trim() === ""
    ? new AgproxyError("upstream_failed", "The model said nothing.", { advice })
    : new AgproxyError("upstream_rejected", `The model wrote instead of speaking${words(said)}`, {
        advice,
      });
}

const maxQuotedLength = 1000;

function words(text: string): string {
  const trimmed = text.trim();
  return trimmed === "" ? "." : `: ${trimmed.slice(0, maxQuotedLength)}`;
}

/** The event in which a stream ends when it fails. SDKs throw it. */
export function failFrame(error: AgproxyError): string {
  return namedSseFrame("error", JSON.stringify({ type: "error", ...errorBody(error) }));
}
