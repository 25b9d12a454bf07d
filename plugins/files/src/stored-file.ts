/** What is known of a file. Its content is elsewhere in the store. */
export interface StoredFile {
  readonly id: string;
  readonly filename: string;
  readonly mimeType: string;
  readonly bytes: number;
  /** The word of OpenAI's API for what it is used for. */
  readonly purpose: string;
  /** Milliseconds since the epoch. */
  readonly created: number;
  /** Likewise. */
  readonly expires: number;
  /** Whether its content is still being written: its room is taken, and nobody sees it. */
  readonly isArriving?: true;
}

/** A file that a caller sends. */
export interface NewFile {
  readonly filename: string;
  readonly mimeType: string;
  readonly purpose: string;
  /** How long it is kept. */
  readonly lifetimeMs: number;
  /** base64 */
  readonly data: string;
}

/** How many bytes base64 text stands for. */
export function bytesIn(data: string): number {
  const padding = data.endsWith("==") ? 2 : data.endsWith("=") ? 1 : 0;
  return (data.length / 4) * 3 - padding;
}

export const sizeOf = (files: readonly StoredFile[]) =>
  files.reduce((sum, { bytes }) => sum + bytes, 0);
