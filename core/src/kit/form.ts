/** A form that a client sent. */
export interface Form {
  /** The values of each field that is no file, in order. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
  readonly files: readonly FormFile[];
}

export interface FormFile {
  readonly field: string;
  readonly filename: string;
  readonly mimeType: string;
  /** base64 */
  readonly data: string;
}
