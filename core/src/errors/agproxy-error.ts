import {
  catalogue,
  type CatalogueEntry,
  type ErrorCode,
  type ErrorType,
} from "./error-catalogue.ts";

export interface ErrorOptions {
  /** The request field at fault, as a path: `messages[0].content`. */
  readonly param?: string;
  /** What the reader can do next, where the thrower knows better than the catalogue. */
  readonly advice?: string;
  /** The status, where it is the upstream's to say. */
  readonly status?: number;
  /** Milliseconds until another try can succeed. */
  readonly retryAfter?: number;
  /** Further fields for the reader, such as why each account was passed over. Never a secret. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** A code with all that its errors have in common. */
export interface ErrorDefinition extends CatalogueEntry {
  readonly code: string;
}

/** The one error class: everything that can be told to a client is one of these. */
export class AgproxyError extends Error {
  /** One of the catalogue, or one that a plugin made with `createError`. */
  readonly code: string;
  /** What its code means, whatever this error adds to it. */
  readonly definition: ErrorDefinition;
  readonly status: number;
  readonly type: ErrorType;
  readonly advice: string;
  readonly param: string | undefined;
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

  /** What was thrown, as an AgproxyError: itself, or an `internal_error` that has it as its cause. */
  static from(thrown: unknown): AgproxyError {
    if (thrown instanceof AgproxyError) return thrown;
    // Nothing recurses here but what walks through a client's JSON.
    if (thrown instanceof RangeError && /call stack/.test(thrown.message)) {
      const advice = "Send fewer levels of arrays and objects.";
      return new AgproxyError("invalid_request", "The request is nested too deeply.", {
        advice,
        cause: thrown,
      });
    }
    return new AgproxyError("internal_error", undefined, { cause: thrown });
  }
}

/** The error of a request whose client is gone; `cause` is what that did to the work under way. */
export function left(cause: unknown): AgproxyError {
  return new AgproxyError("client_closed_request", undefined, { cause });
}

/** A class of errors with one code. */
export type OwnError = new (message?: string, options?: ErrorOptions) => AgproxyError;

/**
 * An error with a code of a plugin's own, for what no code of the catalogue says.
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
 * An error in the shape that most clients of chat models read, and that routes without a protocol answer.
 * Clients show `message` and little else, so it also says what to do next.
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
