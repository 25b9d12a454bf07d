/** What is wrong with a request, in Google's own words; or, where Google does not say, a detail of ours. */
export type Fault = string | VagueFault;

export interface VagueFault {
  /** What Google does not say. */
  readonly detail: string;
}

/** For rules whose violation the API answers with `Request contains an invalid argument.` and nothing else. */
export function vague(detail: string): VagueFault {
  return { detail };
}
