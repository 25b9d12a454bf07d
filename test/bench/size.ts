/** How much is measured. Times are in milliseconds and of one slice. */
export interface Size {
  /** How often every gateway is asked before it is measured, how long that may take at most, and how long slow streams run. */
  readonly warmUp: {
    readonly requests: number;
    readonly bursts: number;
    readonly ms: number;
    readonly pacedMs: number;
  };
  /** Requests that come before each slice and are not counted, and how many where the gateway was idle for long. */
  readonly leadIn: number;
  readonly wake: number;
  readonly slice: number;
  /** Connections that are kept busy, for answers that are not streamed and for bursts. */
  readonly unary: number;
  readonly bursts: number;
  readonly paced: number;
  /** Requests per second, where latency is measured. */
  readonly rate: number;
  readonly openStreams: number;
  /** How long a gateway is kept busy with unary requests before its memory with open streams is measured. */
  readonly beforeStreams: number;
  /** How often that is measured. */
  readonly endTurns: number;
  readonly eventWork: number;
  readonly requestWork: number;
  /** Exchanges in a request log. */
  readonly logged: number;
  /** Bytes of a long request, and how many streams run beside it. */
  readonly long: number;
  readonly besideLong: number;
  /** Turns per round, where small differences count. */
  readonly turns: number;
}

export const full: Size = {
  // V8 goes on recompiling what a request runs through until about the ten thousandth, the more of it there
  // is the longer: after equal times the slower gateway would be the colder one as well. Slow streams
  // run through code of their own, and it compiles that for their first ten seconds.
  warmUp: { requests: 12_000, bursts: 200, ms: 20_000, pacedMs: 10_000 },
  leadIn: 300,
  wake: 1000,
  slice: 1300,
  unary: 32,
  bursts: 16,
  paced: 60,
  rate: 250,
  openStreams: 1000,
  beforeStreams: 3000,
  endTurns: 3,
  eventWork: 800,
  requestWork: 800,
  logged: 100_000,
  long: 10_000_000,
  besideLong: 20,
  turns: 4,
};

/** Proves that everything runs; its numbers mean nothing. */
export const quick: Size = {
  warmUp: { requests: 40, bursts: 4, ms: 1000, pacedMs: 50 },
  leadIn: 4,
  wake: 4,
  slice: 50,
  unary: 4,
  bursts: 4,
  paced: 10,
  rate: 100,
  openStreams: 20,
  beforeStreams: 40,
  endTurns: 1,
  eventWork: 20,
  requestWork: 20,
  logged: 1000,
  long: 100_000,
  besideLong: 4,
  turns: 1,
};
