/** Errors by which a server says that it cannot serve now. Source: https://redis.io/docs/latest/develop/reference/protocol-spec */
const notNow =
  /^(?:LOADING|BUSY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|READONLY|NOREPLICAS|MISCONF|NOAUTH|WRONGPASS|ERR max number of clients)/;

/** Whether a failure means that Redis cannot be asked now. Anything else that it answers is about the call. */
export function isUnreachable(thrown: unknown): boolean {
  if (!(thrown instanceof Error) || thrown.name !== "ReplyError") return true;
  return notNow.test(thrown.message);
}

/** Whether Redis says that somebody has to change the config. */
export function isRefusal(message: string): boolean {
  return /^(?:NOAUTH|WRONGPASS|NOPERM|ERR AUTH|ERR invalid password|ERR DB index|ERR invalid DB)/i.test(
    message,
  );
}
