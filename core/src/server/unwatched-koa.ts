import Koa, { type Context } from "koa";

/**
 * Koa without its watch over the end of each answer, which the gate has too: the listeners that `on-finished` adds to
 * response and socket are 7 % of a unary request. `koa.callback()` calls `handleRequest`; nothing but the cost changes
 * where it does not.
 */
export class UnwatchedKoa extends Koa {
  handleRequest(ctx: Context, run: (ctx: Context) => Promise<void>): Promise<void> {
    const failed = (error: Error) => ctx.onerror(error);
    // Such as that of a client that breaks off. Without a listener it would end the process.
    ctx.res.on("error", failed);
    return run(ctx).catch(failed);
  }
}
