/** The content of a link. */
export interface Medium {
  readonly mimeType: string;
  /** base64 */
  readonly data: string;
}

/** What was fetched for one exchange. */
export interface Fetched {
  readonly media: Map<string, Medium>;
  /** Size of all of it, and of what is on its way. */
  bytes: number;
}
