/** What is wrong with a request: Google's own words, or that it says no more than that something is. */
export type Fault = string | VagueFault;

export interface VagueFault {
  /** What Google leaves unsaid. */
  readonly detail: string;
}

/** For rules whose violation the API answers with `Request contains an invalid argument.` and nothing else. */
export function vague(detail: string): VagueFault {
  return { detail };
}
