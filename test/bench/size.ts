/** How much is measured. Times are in milliseconds and of one slice. */
export interface Size {
  readonly warmUp: number;
  readonly slice: number;
  /** Connections that are kept busy, for answers that are not streamed and for bursts. */
  readonly unary: number;
  readonly bursts: number;
  readonly paced: number;
  /** Requests per second, where latency is measured. */
  readonly rate: number;
  readonly openStreams: number;
  readonly eventWork: number;
}

export const full: Size = {
  warmUp: 4000,
  slice: 1500,
  unary: 32,
  bursts: 16,
  paced: 60,
  rate: 250,
  openStreams: 1000,
  eventWork: 800,
};

/** Proves that everything runs; its numbers mean nothing. */
export const quick: Size = {
  warmUp: 50,
  slice: 50,
  unary: 4,
  bursts: 4,
  paced: 10,
  rate: 100,
  openStreams: 20,
  eventWork: 20,
};
