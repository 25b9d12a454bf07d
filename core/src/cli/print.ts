/** Where a command's output goes; returns the exit code of success. */
export type Print = (text: string) => number;
