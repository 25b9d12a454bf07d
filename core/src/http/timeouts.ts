/** Limits on an upstream call, in milliseconds. */
export interface Timeouts {
  /** Until the connection, TLS included, stands. */
  readonly connect: number;
  /** From the request sent to the head of the answer. */
  readonly firstByte: number;
  /** Between two reads of the answer. */
  readonly idle: number;
}
