/**
 * Node's HTTP as CommonJS sees it. To import `node:http` as an ES module reads every export of it once, and with
 * `WebSocket` comes all that `fetch` is made of: 50 ms of CPU and 9 MB, at every start.
 */
export const { createServer, maxHeaderSize, STATUS_CODES, validateHeaderName } =
  process.getBuiltinModule("node:http");
