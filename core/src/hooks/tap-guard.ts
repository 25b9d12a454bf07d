import { AgproxyError, readableCause } from "../errors/agproxy-error.ts";
import { isObject } from "../kit/fields.ts";
import type { AnswerHead, Summary } from "./stages.ts";

/** Whose tap it is, of which hook, and what that may return. */
export interface Tapped {
  readonly plugin: string;
  readonly hook: string;
  /** In words that go on from "must return". */
  readonly returns: string;
  readonly isReturn: (result: unknown) => boolean;
}

/** How a tap tells tapable that it is over. */
export type Done<Result> = (error: Error | null, result?: Result) => void;

/**
 * Wraps a tap so that it is awaited, and its failure or a result that nobody could use names plugin and hook. It calls back,
 * because most taps have nothing to wait for, and then no promise is made (docs/decisions/0002-guarded-taps.md).
 */
export function guardOne<First, Result>(
  tapped: Tapped,
  fn: (first: First) => Result | Promise<Result>,
) {
  return (first: First, done: Done<Result>): void => run(tapped, () => fn(first), done);
}

/** The same for a hook of two arguments. */
export function guardTwo<First, Second, Result>(
  tapped: Tapped,
  fn: (first: First, second: Second) => Result | Promise<Result>,
) {
  return (first: First, second: Second, done: Done<Result>): void =>
    run(tapped, () => fn(first, second), done);
}

/** The same for a hook of three arguments. */
export function guardThree<First, Second, Third, Result>(
  tapped: Tapped,
  fn: (first: First, second: Second, third: Third) => Result | Promise<Result>,
) {
  return (first: First, second: Second, third: Third, done: Done<Result>): void =>
    run(tapped, () => fn(first, second, third), done);
}

function run<Result>(
  tapped: Tapped,
  call: () => Result | Promise<Result>,
  done: Done<Result>,
): void {
  let result: Result | Promise<Result>;
  try {
    result = call();
    if (isThenable(result)) return void settle(tapped, result, done);
    check(tapped, result);
  } catch (thrown) {
    return done(blame(thrown, tapped.hook, tapped.plugin));
  }
  // Not inside `try`: the taps after this one run in it.
  done(null, result);
}

async function settle<Result>(
  tapped: Tapped,
  pending: PromiseLike<Result>,
  done: Done<Result>,
): Promise<void> {
  let result: Result;
  try {
    result = await pending;
    check(tapped, result);
  } catch (thrown) {
    return done(blame(thrown, tapped.hook, tapped.plugin));
  }
  done(null, result);
}

/** The same with a promise, for a hook whose taps are called one by one. */
export function guardAsync<Args extends unknown[], Result>(
  tapped: Tapped,
  fn: (...args: Args) => Result | Promise<Result>,
) {
  return async (...args: Args): Promise<Result> => {
    try {
      const result = await fn(...args);
      check(tapped, result);
      return result;
    } catch (thrown) {
      throw blame(thrown, tapped.hook, tapped.plugin);
    }
  };
}

/** The same for a hook that does not wait: a tap that returns a promise fails. */
export function guardSync<Args extends unknown[], Result>(
  tapped: Tapped,
  fn: (...args: Args) => Result,
) {
  return (...args: Args): Result => {
    try {
      const result = fn(...args);
      check(tapped, result);
      return result;
    } catch (thrown) {
      throw blame(thrown, tapped.hook, tapped.plugin);
    }
  };
}

/** Tells of a tap that failed where no client waits for it. */
type ReportFailure = (place: Failed, thrown: unknown) => void;

/** A tap that failed, and the id of the request at which it did. */
type Failed = Pick<Tapped, "plugin" | "hook"> & { readonly id: string };

/** What the taps share that nobody waits for. */
export interface LastTaps {
  /** The promises that are not settled yet. */
  readonly pending: Set<Promise<void>>;
  readonly report: ReportFailure;
}

/**
 * Wraps a tap of a hook that nobody waits for. What it throws is reported, so that the other taps run all the same; a
 * promise is kept in `pending` until it is settled.
 */
export function guardLast<Subject extends AnswerHead | Summary>(
  { plugin, hook }: Tapped,
  fn: (subject: Subject) => void | Promise<void>,
  { pending, report }: LastTaps,
) {
  return (subject: Subject): void => {
    const fail = (thrown: unknown) => report({ plugin, hook, id: idOf(subject) }, thrown);
    try {
      const result = fn(subject);
      if (!isThenable(result)) return;
      const settled = Promise.resolve(result)
        .catch(fail)
        .finally(() => pending.delete(settled));
      pending.add(settled);
    } catch (thrown) {
      fail(thrown);
    }
  };
}

function idOf(subject: AnswerHead | Summary): string {
  return ("exchange" in subject ? subject.exchange : subject).incoming.id;
}

function isThenable<Result>(value: Result | PromiseLike<Result>): value is PromiseLike<Result> {
  return typeof value === "object" && value !== null && "then" in value;
}

function check({ hook, returns, isReturn }: Tapped, result: unknown): void {
  if (result === undefined || isReturn(result)) return;
  const kind = isThenable(result) ? "a promise" : Array.isArray(result) ? "a list" : typeof result;
  throw new TypeError(`a tap of ${hook} must return ${returns}; this one returned ${kind}`);
}

const isName = (it: unknown) => typeof it === "string" && it !== "";
const isRequest = (it: unknown) => isObject(it) && Array.isArray(it["messages"]);
const isStream = (it: unknown) =>
  typeof it === "object" && it !== null && Symbol.asyncIterator in it;

/** A name that is not here is a mistake, such as the request itself in place of `{ request }`. */
const changes: ReadonlyMap<string, (value: unknown) => boolean> = new Map([
  ["request", (it) => it === undefined || isRequest(it)],
  ["model", (it) => it === undefined || isName(it)],
  ["answer", (it) => it === undefined || Array.isArray(it) || isStream(it)],
]);

/** What the taps of each hook may return, besides nothing. */
export const returned = {
  nothing: {
    returns: "nothing, and cannot wait",
    isReturn: (it) => !isThenable(it),
  },
  anything: { returns: "nothing", isReturn: () => true },
  caller: {
    returns: "a caller with id and name, or nothing",
    isReturn: (it) =>
      isObject(it) && typeof it["id"] === "string" && typeof it["name"] === "string",
  },
  model: { returns: "a model's name, or nothing", isReturn: (it) => typeof it === "string" },
  change: {
    returns: "{ request, model, answer }, each of them optional, or nothing",
    isReturn: (it) =>
      isObject(it) &&
      Object.entries(it).every(([name, value]) => changes.get(name)?.(value) === true),
  },
  list: { returns: "a list, or nothing", isReturn: (it) => Array.isArray(it) },
  passedOver: {
    returns: "a reason why not, or nothing",
    isReturn: (it) => isObject(it) && typeof it["reason"] === "string",
  },
  request: {
    returns: "a request, or nothing",
    isReturn: isRequest,
  },
  stream: {
    returns: "a stream, or nothing",
    isReturn: isStream,
  },
  verdict: {
    returns: "a verdict, or nothing",
    isReturn: (it) =>
      isObject(it) &&
      ["same account", "next account"].includes(String(it["retry"])) &&
      (it["model"] === undefined || isName(it["model"])),
  },
} satisfies Readonly<Record<string, Pick<Tapped, "returns" | "isReturn">>>;

/** An `AgproxyError` is meant for the client and stays; anything else becomes `plugin_failed`, with plugin and hook. */
export function blame(thrown: unknown, hook: string, plugin: string): AgproxyError {
  if (thrown instanceof AgproxyError) return thrown;
  return new AgproxyError("plugin_failed", `Plugin "${plugin}" failed in ${hook}.`, {
    cause: readableCause(thrown),
    details: { plugin, hook },
  });
}
