import {
  catalogue,
  type CatalogueEntry,
  type ErrorCode,
  type ErrorType,
} from "./error-catalogue.ts";

/** What one error adds to its code. */
export interface ErrorOptions {
  /** The request field at fault, as a path: `messages[0].content`. */
  readonly param?: string;
  /** What the client can do next, where the thrower knows better than the code's own advice. */
  readonly advice?: string;
  /** The HTTP status, where it is not the code's own, such as an upstream's. */
  readonly status?: number;
  /** Milliseconds until another try can succeed. */
  readonly retryAfter?: number;
  /** Further fields for the client, such as why each account was passed over. Never a secret. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** A code and what all errors with it have in common. */
export interface ErrorDefinition extends CatalogueEntry {
  readonly code: string;
}

/**
 * The one class of errors that a client can see.
 *
 * @example
 * throw new AgproxyError("invalid_request", "`n` must be 1.", { param: "n" });
 */
export class AgproxyError extends Error {
  /** A code of the catalogue, or one that a plugin made with `createError`. */
  readonly code: string;
  /** What the code means, without what this error adds. */
  readonly definition: ErrorDefinition;
  readonly status: number;
  readonly type: ErrorType;
  readonly advice: string;
  readonly param: string | undefined;
  /** Milliseconds until another try can succeed. */
  readonly retryAfter: number | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(kind: ErrorCode | ErrorDefinition, message?: string, options: ErrorOptions = {}) {
    const definition = typeof kind === "string" ? { code: kind, ...catalogue[kind] } : kind;
    super(message ?? definition.text, { cause: options.cause });
    this.name = "AgproxyError";
    this.code = definition.code;
    this.definition = definition;
    this.status = options.status ?? definition.status;
    this.type = definition.type;
    this.advice = options.advice ?? definition.advice;
    this.param = options.param;
    this.retryAfter = options.retryAfter;
    this.details = options.details;
  }

  /**
   * Whatever was thrown, as an AgproxyError: itself, or an `internal_error` with it as its cause.
   *
   * @example
   * const { code, status } = AgproxyError.from(thrown);
   */
  static from(thrown: unknown): AgproxyError {
    if (thrown instanceof AgproxyError) return thrown;
    // Only walks through a client's JSON recurse, so the client's nesting is at fault.
    if (thrown instanceof RangeError && /call stack/.test(thrown.message)) {
      const advice = "Send fewer levels of arrays and objects.";
      return new AgproxyError("invalid_request", "The request is nested too deeply.", {
        advice,
        cause: thrown,
      });
    }
    return new AgproxyError("internal_error", undefined, { cause: readableCause(thrown) });
  }
}

/**
 * What was thrown, in a form that the log can take: it marks errors and reads their fields. A frozen error, or one whose
 * fields throw, would make the log fail, and nobody would learn of either.
 */
export function readableCause(thrown: unknown): unknown {
  try {
    if (!(thrown instanceof Error)) {
      return typeof thrown === "object"
        ? new Error("An object that is no error was thrown.")
        : thrown;
    }
    const { message, stack = message, cause } = thrown;
    if (Object.isExtensible(thrown)) return thrown;
    return Object.assign(new Error(message, { cause }), { stack });
  } catch {
    return new Error("An error was thrown that cannot be read.");
  }
}

/**
 * The error of a request whose signal has aborted: the reason where agproxy itself ends it, such as `shutting_down`, and
 * else that the client has left. `cause` is what that broke.
 */
export function abortError({ reason }: AbortSignal, cause?: unknown): AgproxyError {
  if (reason instanceof AgproxyError) return reason;
  return new AgproxyError("client_closed_request", undefined, { cause: cause ?? reason });
}

/** A class of errors with one code. */
export type OwnError = new (message?: string, options?: ErrorOptions) => AgproxyError;

/**
 * Makes a class of errors with a code of a plugin's own, for what no code of the catalogue says.
 *
 * @example
 * const OfficeHours = createError("office_hours", {
 *   status: 403,
 *   type: "permission_error",
 *   text: "The office is closed.",
 *   advice: "Come back between 8 and 18.",
 * });
 * throw new OfficeHours();
 */
export function createError(code: string, entry: CatalogueEntry): OwnError {
  const definition = { code, ...entry };
  return class extends AgproxyError {
    constructor(message?: string, options?: ErrorOptions) {
      super(definition, message, options);
    }
  };
}

/**
 * The body of an error in the shape that most clients of chat models read. Routes without a protocol answer with it.
 * Clients show `message` and little else, so the advice is part of it.
 *
 * @example
 * const protocol = { ...wire, error: errorBody };
 */
export function errorBody(error: AgproxyError) {
  const { type, param = null, code, details } = error;
  const body = { message: withAdvice(error.message, error.advice), type, param, code };
  return { error: details === undefined ? body : { ...body, details } };
}

function withAdvice(message: string, advice: string): string {
  if (advice === "") return message;
  const ended = /[.!?)\]}"'`]\s*$/.test(message) ? message.trimEnd() : `${message.trimEnd()}.`;
  return `${ended} ${advice}`;
}
