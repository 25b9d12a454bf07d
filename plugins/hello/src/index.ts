import { definePlugin, type Plugin, readOptions } from "@agproxy/core";
import * as v from "valibot";

export interface HelloOptions {
  /** The text of the line. Default: `good day`. */
  readonly greeting?: string;
}

const schema = v.strictObject({ greeting: v.optional(v.string(), "good day") });

/** Greets every exchange in the log. */
export function hello(options: HelloOptions = {}): Plugin {
  const { greeting } = readOptions("hello", schema, options, 'hello({ greeting: "good morning" })');
  return definePlugin({
    name: "hello",
    apiVersion: 1,
    apply: ({ hooks, log }) =>
      hooks.done.tap("hello", ({ exchange }) => log.info({ model: exchange.model }, greeting)),
  });
}
