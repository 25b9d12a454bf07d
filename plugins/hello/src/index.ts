import { definePlugin, type Plugin } from "@agproxy/core";

/** Greets every exchange in the log. Copy this folder to start a plugin of your own. */
export function hello(options: { readonly greeting?: string } = {}): Plugin {
  return definePlugin({
    name: "hello",
    apply: ({ hooks, log }) =>
      hooks.done.tap("hello", ({ model }) => log.info({ model }, options.greeting ?? "hello")),
  });
}
