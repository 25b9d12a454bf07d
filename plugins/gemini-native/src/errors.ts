import {
  type AgproxyError,
  defined,
  type ErrorWire,
  errorBody,
  type JsonObject,
  nativeErrors,
  objectIn,
} from "@agproxy/core";
import { wire } from "./wire.ts";

/** Source: https://google.aip.dev/193#http11json-representation */
const statuses: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  405: "UNIMPLEMENTED",
  413: "INVALID_ARGUMENT",
  415: "INVALID_ARGUMENT",
  429: "RESOURCE_EXHAUSTED",
  499: "CANCELLED",
  502: "UNAVAILABLE",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
};

/**
 * An error as Google's clients read it. What an upstream of this wire said of the request is told as it came, where agproxy's
 * status is the same; what it said of an account is agproxy's matter.
 */
function wireError(error: AgproxyError): unknown {
  const own = ownWords(error);
  const inner = objectIn(objectIn(own)?.["error"]);
  return inner?.["code"] === error.status ? own : translated(error);
}

/** An error in the middle of a stream, whose status is a good one already. */
export function streamError(error: AgproxyError): unknown {
  return ownWords(error) ?? translated(error);
}

function ownWords(error: AgproxyError): unknown {
  return error.code.startsWith("account_") ? undefined : nativeErrors.of(error, wire)?.body;
}

function translated(error: AgproxyError): unknown {
  const { status } = error;
  const { message } = errorBody(error).error;
  const word = statuses[status] ?? "INTERNAL";
  return { error: { code: status, message, status: word, details: detailsOf(error) } };
}

/** Source: https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto */
function detailsOf({
  code,
  type,
  param,
  message,
  retryAfter,
  details,
}: AgproxyError): readonly JsonObject[] {
  const all: JsonObject[] = [
    {
      "@type": "type.googleapis.com/google.rpc.ErrorInfo",
      reason: code.toUpperCase(),
      domain: "agproxy",
      metadata: defined({ code, type, param, details: details && JSON.stringify(details) }),
    },
  ];
  if (param !== undefined) {
    all.push({
      "@type": "type.googleapis.com/google.rpc.BadRequest",
      fieldViolations: [{ field: param, description: message }],
    });
  }
  if (retryAfter !== undefined) {
    all.push({
      "@type": "type.googleapis.com/google.rpc.RetryInfo",
      retryDelay: `${Math.ceil(retryAfter / 1000)}s`,
    });
  }
  return all;
}

export const googleErrors: ErrorWire = { error: wireError };
