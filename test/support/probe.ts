import { definePlugin, type HookFaces, type Plugin } from "agproxy";

export type HookName = keyof HookFaces;

/** What a plugin may do at each hook. */
export type Taps = { readonly [Name in HookName]?: Parameters<HookFaces[Name]["tap"]>[1] };

export interface Probe {
  readonly plugin: Plugin;
  /** The hooks that fired, in order. */
  readonly calls: readonly HookName[];
}

/** A plugin that taps every hook, writes down that it was asked, and does what `taps` says or nothing. */
export function probe(taps: Taps = {}, name = "probe"): Probe {
  const calls: HookName[] = [];
  const plugin = definePlugin({
    name,
    apply({ hooks }) {
      hooks.beforeAuth.tap(name, (incoming) => {
        calls.push("beforeAuth");
        return taps.beforeAuth?.(incoming);
      });
      hooks.authenticate.tap(name, (incoming) => {
        calls.push("authenticate");
        return taps.authenticate ? taps.authenticate(incoming) : { id: "probed", name: "probed" };
      });
      hooks.resolveModel.tap(name, (model, incoming) => {
        calls.push("resolveModel");
        return taps.resolveModel?.(model, incoming);
      });
      hooks.exchange.tap(name, (exchange) => {
        calls.push("exchange");
        return taps.exchange?.(exchange);
      });
      hooks.selectAccount.tap(name, (candidates, exchange, model) => {
        calls.push("selectAccount");
        return taps.selectAccount?.(candidates, exchange, model) ?? candidates;
      });
      hooks.claimAccount.tap(name, (attempt) => {
        calls.push("claimAccount");
        return taps.claimAccount?.(attempt);
      });
      hooks.awaitAccount.tap(name, (candidates, exchange, model) => {
        calls.push("awaitAccount");
        return taps.awaitAccount?.(candidates, exchange, model);
      });
      hooks.transformRequest.tap(name, (request, attempt) => {
        calls.push("transformRequest");
        return taps.transformRequest?.(request, attempt) ?? request;
      });
      hooks.transformStream.tap(name, (events, attempt) => {
        calls.push("transformStream");
        return taps.transformStream?.(events, attempt) ?? events;
      });
      hooks.attemptFailed.tap(name, (failure, attempt) => {
        calls.push("attemptFailed");
        return taps.attemptFailed?.(failure, attempt);
      });
      hooks.listModels.tap(name, (models, incoming) => {
        calls.push("listModels");
        return taps.listModels?.(models, incoming) ?? models;
      });
      hooks.beforeAnswer.tap(name, (head) => {
        calls.push("beforeAnswer");
        return taps.beforeAnswer?.(head);
      });
      hooks.done.tap(name, (summary) => {
        calls.push("done");
        return taps.done?.(summary);
      });
      hooks.close.tap(name, (reason) => {
        calls.push("close");
        return taps.close?.(reason);
      });
    },
  });
  return { plugin, calls };
}
