import type { JsonObject } from "@agproxy/core";
import type { Fault } from "./fault.ts";

/**
 * An error as the Gemini API answers it.
 * Source: https://google.aip.dev/193
 */
export interface GoogleError {
  /** HTTP status; the same as `body.error.code`. */
  readonly status: number;
  readonly body: {
    readonly error: {
      readonly code: number;
      readonly message: string;
      readonly status: string;
      readonly details?: readonly JsonObject[];
    };
  };
}

const statusNames: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  413: "INVALID_ARGUMENT",
  429: "RESOURCE_EXHAUSTED",
  500: "INTERNAL",
  503: "UNAVAILABLE",
};

export function googleError(
  code: number,
  message: string,
  details?: readonly JsonObject[],
): GoogleError {
  const error = { code, message, status: statusNames[code] ?? "UNKNOWN" };
  return { status: code, body: { error: details === undefined ? error : { ...error, details } } };
}

export function invalidArgument(message: string): GoogleError {
  return googleError(400, message);
}

/** The answer to faults; undefined where there are none. What Google does not say goes into the details. */
export function faultError(faults: readonly Fault[]): GoogleError | undefined {
  const said = faults.filter((fault) => typeof fault === "string");
  if (said.length > 0) return invalidArgument(said.join("\n"));
  const unsaid = faults.flatMap((fault) => (typeof fault === "string" ? [] : [fault.detail]));
  if (unsaid.length === 0) return undefined;
  const detail = `agproxy sandbox: ${unsaid.join("; ")}`;
  return googleError(400, "Request contains an invalid argument.", [
    { "@type": "type.googleapis.com/google.rpc.DebugInfo", detail },
  ]);
}

/** What Google says of a key it does not know: 400, not 401. */
export function invalidKey(): GoogleError {
  const message = "API key not valid. Please pass a valid API key.";
  return googleError(400, message, [
    {
      "@type": "type.googleapis.com/google.rpc.ErrorInfo",
      reason: "API_KEY_INVALID",
      domain: "googleapis.com",
      metadata: { service: "generativelanguage.googleapis.com" },
    },
    {
      "@type": "type.googleapis.com/google.rpc.LocalizedMessage",
      locale: "en-US",
      message,
    },
  ]);
}

export function unknownModel(model: string, method: string): GoogleError {
  return googleError(
    404,
    `models/${model} is not found for API version v1beta, or is not supported for ${method}. Call ListModels to see the list of available models and their supported methods.`,
  );
}

/** As Google prints it: indented, in error answers and in the middle of a stream alike. */
export function errorText(error: GoogleError): string {
  return `${JSON.stringify(error.body, null, 2)}\n`;
}
