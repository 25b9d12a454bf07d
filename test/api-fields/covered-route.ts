/** A body to send: JSON, or the fields of a form. */
export type Body = Readonly<Record<string, unknown>>;

/**
 * What is merged into the base request: a body whose last field is the one to look at (those before it are what it
 * needs, such as a model that can do it), or a body without and one with what is looked at.
 */
export type Change = Body | readonly [without: Body, added: Body];

export interface CoveredRoute {
  readonly path: string;
  /** The schema of the request in OpenAI's description, or the type of its body in Anthropic's SDK. Absent: nobody has one. */
  readonly schema?: string | { readonly type: string; readonly of: string };
  /** Sent as `multipart/form-data`, with these files. */
  readonly files?: Readonly<Record<string, { readonly name: string; readonly type: string }>>;
  /** A request that works, and to which each field is added. */
  readonly base: Body;
  /** By dotted path. */
  readonly fields: Readonly<Record<string, Change>>;
  /** Fields that change nothing that the test can see, and why that is right. */
  readonly unseen?: Readonly<Record<string, string>>;
}
