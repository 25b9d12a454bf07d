/** Set for the processes of `agproxy start --workers`. */
export const workerVariable = "AGPROXY_WORKER";

/**
 * Which of several workers this process is, from 1 on; undefined where there is one process. What a worker starts is no worker
 * itself, though it gets the environment.
 */
export function workerNumber(): number | undefined {
  const number = process.env[workerVariable];
  return number === undefined || process.send === undefined ? undefined : Number(number);
}
