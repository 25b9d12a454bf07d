import { definePlugin, type Plugin } from "@agproxy/core";

export interface HelloOptions {
  /** The text of the line. Default: `good day`. */
  readonly greeting?: string;
}

/** Greets every exchange in the log. */
export function hello({ greeting = "good day" }: HelloOptions = {}): Plugin {
  return definePlugin({
    name: "hello",
    apiVersion: 1,
    apply: ({ hooks, log }) =>
      hooks.done.tap("hello", ({ exchange }) => log.info({ model: exchange.model }, greeting)),
  });
}
