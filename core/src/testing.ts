/** The public test kit: gateways without a port or on a free one, upstreams that do as they are told, and a clock to turn. */
export { memoryStore } from "./store/memory-store.ts";
export { storeContract, type StorePair, type StorePromise } from "./store/store-contract.ts";
export { cutInTwo, randomPieces, singleBytes } from "./testing/byte-pieces.ts";
export { fakeClock, type FakeClock } from "./testing/fake-clock.ts";
export { type TestAnswer, type TestRequest } from "./testing/injected-request.ts";
export { plainChat } from "./testing/plain-chat.ts";
export {
  type AccountScript,
  type Script,
  scriptedUpstream,
  type ScriptedUpstream,
  type ScriptStep,
  textAnswer,
} from "./testing/scripted-upstream.ts";
export { readSseText, type SseEvent } from "./testing/sse-text.ts";
export { summaryWatch, type SummaryWatch } from "./testing/summary-watch.ts";
export {
  type LogLine,
  openGateway,
  type OpenGateway,
  startGateway,
  type TestGateway,
} from "./testing/test-gateway.ts";
export {
  startVendor,
  type Vendor,
  type VendorAnswer,
  type VendorCall,
} from "./testing/vendor-server.ts";
